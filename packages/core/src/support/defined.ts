/** What there is of an object: without the parts that are `undefined`, as optional properties have to be. */
export function defined<Parts extends object>(
  parts: Parts,
): { [Name in keyof Parts]?: Exclude<Parts[Name], undefined> } {
  const there = Object.entries(parts).filter(([, value]) => value !== undefined);
  // The same names, and values that are not undefined.
  return Object.fromEntries(there) as { [Name in keyof Parts]?: Exclude<Parts[Name], undefined> };
}
