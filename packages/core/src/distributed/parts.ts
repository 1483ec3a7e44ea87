import { type Shape, sizeOf, type Tensor } from "../tensor.js";
import type { Communicator, Floats } from "./communicator.js";
import { type Layout, localShape } from "./layout.js";

const sameKind = <Array extends Floats>(array: Array, length: number): Array =>
  (array.BYTES_PER_ELEMENT === 4 ? new Float32Array(length) : new Float64Array(length)) as Array;

/** What a rank has of a tensor that lies so. */
export function partOf(value: Tensor, layout: Layout, rank: number, ranks: number): Tensor {
  if (layout.kind !== "divided") return value;
  const shape = localShape(value.shape, layout, ranks);
  const width = sizeOf(value.shape) / layout.before / ranks;
  if (layout.before === 1) return { shape, data: value.data.subarray(rank * width, (rank + 1) * width) };
  const data = sameKind(value.data, sizeOf(shape));
  for (let row = 0; row < layout.before; row++) {
    const start = (row * ranks + rank) * width;
    data.set(value.data.subarray(start, start + width), row * width);
  }
  return { shape, data };
}

/** A whole tensor, from the parts of all ranks, one after the other. */
export function ofParts(gathered: Floats, shape: Shape, before: number, ranks: number): Tensor {
  if (before === 1) return { shape, data: gathered };
  const width = gathered.length / before / ranks;
  const data = sameKind(gathered, gathered.length);
  for (let rank = 0; rank < ranks; rank++) {
    for (let row = 0; row < before; row++) {
      const start = (rank * before + row) * width;
      data.set(gathered.subarray(start, start + width), (row * ranks + rank) * width);
    }
  }
  return { shape, data };
}

/** The parts of all ranks, one after the other, of a whole tensor. */
export function inParts(whole: Floats, before: number, ranks: number): Floats {
  if (before === 1) return whole;
  const width = whole.length / before / ranks;
  const data = sameKind(whole, whole.length);
  for (let rank = 0; rank < ranks; rank++) {
    for (let row = 0; row < before; row++) {
      const start = (row * ranks + rank) * width;
      data.set(whole.subarray(start, start + width), (rank * before + row) * width);
    }
  }
  return data;
}

/** A whole tensor of what the ranks have. */
export async function gatherWhole(
  communicator: Communicator,
  local: Tensor,
  layout: Layout,
  shape: Shape,
): Promise<Tensor> {
  if (layout.kind !== "divided") return local;
  return ofParts(await communicator.allgather(local.data), shape, layout.before, communicator.size);
}
