import { InvalidArgumentError } from "@alexnet/core";
import { permutation } from "@alexnet/core/random";
import { describeValue } from "@alexnet/core/support";
import type { Split } from "../published/manifest.js";

/** How pictures that are in one place are divided into those to train on and those to test with. */
export interface Division {
  /** Share of the pictures of each class that are for testing; 0.2 unless told otherwise. */
  readonly testShare?: number;
  /** Decides which; 0 unless told otherwise. */
  readonly splitSeed?: number;
}

/** What is taken unless told otherwise. */
export const defaultDivision: Required<Division> = { testShare: 0.2, splitSeed: 0 };

/** Those of the pictures of a class that are in this split, in their order: so many of each class that the shares are the same in all. */
export function divided<Picture>(
  pictures: readonly Picture[],
  label: number,
  split: Split,
  { testShare = defaultDivision.testShare, splitSeed = defaultDivision.splitSeed }: Division,
): readonly Picture[] {
  const order = permutation({ seed: splitSeed, purpose: "split", step: label }, pictures.length);
  const chosen = new Set(order.subarray(0, Math.round(pictures.length * testShare)));
  return pictures.filter((_, index) => chosen.has(index) === (split === "test"));
}

/** Which pictures are in this split: 1 at their places. So many of each class that the shares are the same in all. */
export function divideLabels(labels: ArrayLike<number>, split: Split, division: Division): Uint8Array {
  const classes = new Map<number, number[]>();
  for (let index = 0; index < labels.length; index++) {
    const members = classes.get(labels[index]!);
    if (members) members.push(index);
    else classes.set(labels[index]!, [index]);
  }
  const chosen = new Uint8Array(labels.length);
  for (const [label, members] of classes) {
    for (const index of divided(members, label, split, division)) chosen[index] = 1;
  }
  return chosen;
}

/** Throws `InvalidArgumentError` for a share or a seed that is none. */
export function checkDivision(what: string, { testShare = 0, splitSeed = 0 }: Division): void {
  if (!(testShare >= 0 && testShare < 1)) {
    throw new InvalidArgumentError(
      `${what}: testShare must be a number of at least 0 and below 1; got ${describeValue(testShare)}.`,
    );
  }
  if (!Number.isSafeInteger(splitSeed) || splitSeed < 0) {
    throw new InvalidArgumentError(
      `${what}: splitSeed must be a whole number of 0 or more; got ${describeValue(splitSeed)}.`,
    );
  }
}
