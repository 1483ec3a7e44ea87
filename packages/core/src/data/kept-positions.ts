/** The positions of a batch that are not skipped. */
export function keptPositions(length: number, skipped: readonly number[]): readonly number[] {
  const out = new Set(skipped);
  return Array.from({ length }, (_, position) => position).filter((position) => !out.has(position));
}
