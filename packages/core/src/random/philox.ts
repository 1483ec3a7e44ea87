const MULTIPLIER_A = 0xd2511f53;
const MULTIPLIER_B = 0xcd9e8d57;
const WEYL_A = 0x9e3779b9;
const WEYL_B = 0xbb67ae85;
const ROUNDS = 10;

/** The upper 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const lowHigh = Math.imul(aLow, bHigh);
  const highLow = Math.imul(aHigh, bLow);
  const carry = (Math.imul(aLow, bLow) >>> 16) + (lowHigh & 0xffff) + (highLow & 0xffff);
  return (Math.imul(aHigh, bHigh) + (lowHigh >>> 16) + (highLow >>> 16) + (carry >>> 16)) | 0;
}

/**
 * Philox 4x32-10 of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011): a bijection of the 128-bit
 * counter chosen by the 64-bit key. Fills `output` with the draws of successive counters, four each; the first counter
 * word counts the blocks, starting at `counter[0]`.
 */
export function philox4x32(
  key: readonly [number, number],
  counter: readonly [number, number, number, number],
  output: Uint32Array,
): void {
  for (let start = 0, block = counter[0]; start < output.length; start += 4, block++) {
    let c0 = block | 0;
    let c1 = counter[1] | 0;
    let c2 = counter[2] | 0;
    let c3 = counter[3] | 0;
    let k0 = key[0];
    let k1 = key[1];
    for (let round = 0; round < ROUNDS; round++) {
      const highA = multiplyHigh(MULTIPLIER_A, c0);
      const lowA = Math.imul(MULTIPLIER_A, c0);
      const highB = multiplyHigh(MULTIPLIER_B, c2);
      const lowB = Math.imul(MULTIPLIER_B, c2);
      c0 = highB ^ c1 ^ k0;
      c1 = lowB;
      c2 = highA ^ c3 ^ k1;
      c3 = lowA;
      k0 = (k0 + WEYL_A) | 0;
      k1 = (k1 + WEYL_B) | 0;
    }
    // Writes past the end of a typed array are ignored, so a last, partial block needs no case of its own.
    output[start] = c0;
    output[start + 1] = c1;
    output[start + 2] = c2;
    output[start + 3] = c3;
  }
}
