/** Values or bytes that were written in parts, in one array; the part itself where there is one. */
export function joined<Data extends Float32Array | Float64Array | Uint8Array>(
  parts: readonly Data[],
  make: new (length: number) => Data,
): Data {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const whole = new make(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
