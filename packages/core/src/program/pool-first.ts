import type { Operation } from "./operation.js";
import { type Program, valueShapes } from "./program.js";
import { readersOf } from "./readers.js";

/**
 * Max-pooling first and ReLU after it, where a program has them the other way round: both are monotone, so they change
 * places bit for bit, and the ReLU, its gradient and what is kept for that are as small as the pooled image.
 *
 * So do their gradients: a window whose maximum is not positive passes nothing on either way, and any other has its first
 * maximum at the same place.
 */
export function poolFirst(program: Program): Program {
  const replaced = new Map<Operation, readonly Operation[]>();
  const names = valueShapes(program);
  for (const relu of program.operations) {
    if (relu.kind !== "relu") continue;
    const swapped = swap(relu, program, names);
    for (const [operation, operations] of swapped ?? []) replaced.set(operation, operations);
  }
  return { ...program, operations: program.operations.flatMap((operation) => replaced.get(operation) ?? [operation]) };
}

/** What becomes of the operations around a ReLU, or nothing where somebody else needs its output. */
function swap(
  relu: Operation<"relu">,
  program: Program,
  names: ReadonlyMap<string, unknown>,
): ReadonlyMap<Operation, readonly Operation[]> | undefined {
  const rectified = relu.output;
  const readers = readersOf(rectified, program) ?? [];
  const [pool, ...others] = readers.filter((reader): reader is Operation<"maxPool"> => reader.kind === "maxPool");
  if (!pool || others.length > 0) return undefined;
  const pooled = pool.output;
  const unrectified = unused(`${pooled} of ${relu.inputs[0]}`, names);

  const swapped = new Map<Operation, readonly Operation[]>([
    [relu, []],
    [
      pool,
      [
        { ...pool, inputs: relu.inputs, output: unrectified },
        { ...relu, inputs: [unrectified], output: pooled, shape: pool.shape },
      ],
    ],
  ]);
  for (const reader of readers) {
    if (reader === pool || reader.kind === "reluGrad") continue;
    if (reader.kind !== "maxPoolGrad" || reader.inputs[1] !== pooled) return undefined;
    const [after, ...more] = readersOf(reader.output, program) ?? [];
    if (!after || more.length > 0 || after.kind !== "reluGrad" || after.inputs[0] !== rectified) return undefined;
    const gradient = unused(`${reader.output} of ${pooled}`, names);
    swapped.set(reader, []);
    swapped.set(after, [
      { ...after, inputs: [pooled, reader.inputs[2]], output: gradient, shape: pool.shape },
      { ...reader, inputs: [relu.inputs[0], unrectified, gradient], output: after.output },
    ]);
  }
  return readers.every((reader) => swapped.has(reader)) ? swapped : undefined;
}

function unused(name: string, names: ReadonlyMap<string, unknown>): string {
  return names.has(name) ? unused(`${name}'`, names) : name;
}
