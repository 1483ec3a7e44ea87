import { InvalidArgumentError } from "../errors.js";
import { philox4x32 } from "./philox.js";

/**
 * Names a stream of random numbers. Equal keys give equal numbers, on every machine, in any order of asking; there is no
 * state to save. What differs in purpose or step is independent.
 */
export interface RandomKey {
  /** A whole number from 0 to 2^53 − 1. */
  readonly seed: number;
  /** What the numbers are for: `"init:conv1.weight"`, `"dropout:drop6"`. */
  readonly purpose: string;
  /** Which training step or epoch they are for; 0 where there is none. */
  readonly step?: number;
}

/** FNV-1a, 32 bits, of the UTF-8 bytes of the text (www.isthe.com/chongo/tech/comp/fnv). */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}

function wholeNumber(value: number, what: string): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError(`${what} must be a whole number from 0 to 2^53 − 1; got ${value}.`);
  }
}

/** Draws of a counter. */
const BLOCK = 4;

/**
 * `count` uniform 32-bit draws, those of the stream from position `from` on: Philox 4x32-10 with the seed as key and (block, step, purpose) as
 * counter.
 */
export function randomBits({ seed, purpose, step = 0 }: RandomKey, count: number, from = 0): Uint32Array {
  wholeNumber(seed, "The seed");
  wholeNumber(step, "The step");
  const before = from % BLOCK;
  const bits = new Uint32Array(before + count);
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32)] as const;
  philox4x32(key, [Math.floor(from / BLOCK), step >>> 0, Math.floor(step / 2 ** 32), hash(purpose)], bits);
  return bits.subarray(before);
}

/** `count` numbers uniform in [0, 1), multiples of 2^-24 and so exact in float32: those of the stream from position `from` on. */
export function uniform(key: RandomKey, count: number, from = 0): Float32Array {
  const bits = randomBits(key, count, from);
  const draws = new Float32Array(count);
  for (let index = 0; index < count; index++) draws[index] = (bits[index]! >>> 8) * 2 ** -24;
  return draws;
}

/** `count` draws from the standard normal distribution, by Box and Muller's transform. */
export function normal(key: RandomKey, count: number): Float32Array {
  const bits = randomBits(key, count + (count % 2));
  const draws = new Float32Array(count);
  for (let pair = 0; pair < count; pair += 2) {
    const radius = Math.sqrt(-2 * Math.log((bits[pair]! + 1) * 2 ** -32));
    const angle = 2 * Math.PI * bits[pair + 1]! * 2 ** -32;
    draws[pair] = radius * Math.cos(angle);
    draws[pair + 1] = radius * Math.sin(angle);
  }
  return draws;
}

/** The numbers from 0 to `count − 1` in random order, by Fisher and Yates' shuffle. */
export function permutation(key: RandomKey, count: number): Uint32Array {
  const bits = randomBits(key, count);
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(bits[last]! * 2 ** -32 * (last + 1));
    const swapped = order[last]!;
    order[last] = order[other]!;
    order[other] = swapped;
  }
  return order;
}

/**
 * A dropout mask: each element is 0 with probability `rate`, else `1 / (1 − rate)`, so that the expected value of what
 * it is multiplied with stays the same and nothing need be scaled afterwards (Srivastava et al., 2014, section 10). `from`
 * is where in a larger mask it begins.
 */
export function dropoutMask(key: RandomKey, rate: number, count: number, from = 0): Float32Array {
  if (!(rate >= 0 && rate < 1))
    throw new InvalidArgumentError(`A dropout rate is at least 0 and below 1; got ${rate}.`);
  const keep = 1 - rate;
  const mask = uniform(key, count, from);
  for (let index = 0; index < count; index++) mask[index] = mask[index]! < keep ? 1 / keep : 0;
  return mask;
}
