import { formatShape, type Shape, sizeOf, UnsupportedOperationError } from "@alexnet/core";
import { type Program, valueShapes } from "@alexnet/core/program";
import type { Primitives } from "./primitives.js";

const BYTES = 4;

/** Throws `UnsupportedOperationError`, before any work, if a value of the program is too large for a buffer. */
export function checkTensorSizes(program: Program, limit: number, backend: string): void {
  for (const [name, shape] of valueShapes(program)) {
    if (sizeOf(shape) * BYTES > limit) throw tooLarge(`"${name}" of "${program.name}"`, shape, limit, backend);
  }
}

/** The same primitives, with intermediate tensors held to the limit as well. */
export function within<Handle>(primitives: Primitives<Handle>, limit: number, backend: string): Primitives<Handle> {
  if (limit === Number.POSITIVE_INFINITY) return primitives;
  const checked = (name: string, result: Handle): Handle => {
    const shape = primitives.shapeOf(result);
    if (sizeOf(shape) * BYTES <= limit) return result;
    primitives.free(result);
    throw tooLarge(`an intermediate result (${name})`, shape, limit, backend);
  };
  return {
    ...primitives,
    transpose: (input, permutation) => checked("transpose", primitives.transpose(input, permutation)),
    slice: (input, begin, size) => checked("slice", primitives.slice(input, begin, size)),
    pad: (input, paddings) => checked("pad", primitives.pad(input, paddings)),
    conv2d: (input, filter, window) => checked("conv2d", primitives.conv2d(input, filter, window)),
  };
}

function tooLarge(what: string, shape: Shape, limit: number, backend: string): UnsupportedOperationError {
  return new UnsupportedOperationError(
    `${backend} cannot hold ${what}: ${formatShape(shape)} takes ${sizeOf(shape) * BYTES} bytes, and the device allows ` +
      `${limit} in one buffer. Choose a smaller batch or another backend.`,
  );
}
