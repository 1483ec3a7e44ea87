/** A setting such as 0.0001 that a file has in 32 bits: the shortest number that is the same there is what was meant. */
export function decimalOf(value: number): number {
  return Number(Math.fround(value).toPrecision(7));
}
