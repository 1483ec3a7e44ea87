/** The range itself, or, where it starts between two elements of this size, a copy of it that does not. */
export function aligned(
  size: number,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): [buffer: ArrayBufferLike, byteOffset: number, length: number] {
  if (byteOffset % size === 0) return [buffer, byteOffset, length];
  return [buffer.slice(byteOffset, byteOffset + length * size), 0, length];
}
