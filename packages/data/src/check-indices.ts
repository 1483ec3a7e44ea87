import { DatasetError } from "@alexnet/core";

/** Throws `DatasetError` for the first index that is no whole number in `[0, length)`. */
export function checkIndices(
  { name, length }: { readonly name: string; readonly length: number },
  indices: ArrayLike<number>,
): void {
  for (let position = 0; position < indices.length; position++) {
    const index = indices[position]!;
    if (!Number.isInteger(index) || index < 0 || index >= length) {
      throw new DatasetError(`${name} has images 0 to ${length - 1}; image ${index} was asked for.`);
    }
  }
}
