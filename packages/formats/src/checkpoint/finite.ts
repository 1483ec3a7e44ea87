import type { TensorMap } from "@alexnet/core";

/** The first value that is NaN or infinite, as `NaN at index 12 of conv1.weight`; `undefined` when all are finite. */
export function nonFiniteValue(tensors: TensorMap): string | undefined {
  for (const [name, { data }] of Object.entries(tensors)) {
    for (let index = 0; index < data.length; index++) {
      if (!Number.isFinite(data[index])) {
        return `${data[index]} at index ${index} of ${name}`;
      }
    }
  }
  return undefined;
}
