import { InvalidArgumentError } from "@alexnet/core";
import { describeValue } from "@alexnet/core/support";

/** Which pictures are left out, and how many may be. */
export interface PictureLimits {
  /** So many pictures that cannot be read are left out; one in a hundred unless told otherwise. */
  readonly mostBad?: number;
  /** A picture of more pixels is not read: each takes 3 bytes. 268,402,689, which is 16,383², unless told otherwise. */
  readonly mostPixels?: number;
}

/** Their names. */
export const LIMIT_OPTIONS: Readonly<Record<keyof PictureLimits, true>> = { mostBad: true, mostPixels: true };

/** What sharp takes by itself. */
export const defaultMostPixels = 0x3fff ** 2;

/** Throws `InvalidArgumentError` for a number that is none. */
export function checkLimits(what: string, { mostBad = 0, mostPixels = 1 }: PictureLimits): void {
  for (const [name, value, least] of [
    ["mostBad", mostBad, 0],
    ["mostPixels", mostPixels, 1],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new InvalidArgumentError(
      `${what}: ${name} must be a whole number of ${least} or more; got ${describeValue(value)}.`,
    );
  }
}
