import { type Shape, sizeOf, type Tensor } from "../tensor.js";
import { type Communicator, type Floats, floatsLike } from "./communicator.js";
import { type Layout, localShape } from "./layout.js";

/** What a rank has of a tensor that lies so. */
export function partOf(value: Tensor, layout: Layout, rank: number, ranks: number): Tensor {
  if (layout.kind !== "divided") return value;
  const shape = localShape(value.shape, layout, ranks);
  const width = sizeOf(value.shape) / layout.before / ranks;
  if (layout.before === 1) return { shape, data: value.data.subarray(rank * width, (rank + 1) * width) };
  const data = floatsLike(value.data, sizeOf(shape));
  for (let row = 0; row < layout.before; row++) {
    const start = (row * ranks + rank) * width;
    data.set(value.data.subarray(start, start + width), row * width);
  }
  return { shape, data };
}

/** An array `[first, second, after]` as `[second, first, after]`. */
function exchanged(values: Floats, first: number, second: number): Floats {
  if (first === 1 || second === 1) return values;
  const width = values.length / first / second;
  const data = floatsLike(values, values.length);
  for (let outer = 0; outer < first; outer++) {
    for (let inner = 0; inner < second; inner++) {
      const start = (outer * second + inner) * width;
      data.set(values.subarray(start, start + width), (inner * first + outer) * width);
    }
  }
  return data;
}

/** The parts of all ranks, one after the other, of a whole value. */
export function inParts(whole: Floats, before: number, ranks: number): Floats {
  return exchanged(whole, before, ranks);
}

/** A whole tensor of what the ranks have. */
export async function gatherWhole(
  communicator: Communicator,
  local: Tensor,
  layout: Layout,
  shape: Shape,
): Promise<Tensor> {
  if (layout.kind !== "divided") return local;
  const parts = await communicator.allgather(local.data);
  return { shape, data: exchanged(parts, communicator.size, layout.before) };
}
