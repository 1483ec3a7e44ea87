import type { Evaluation, WorstExample } from "./evaluation.js";
import { bestClass, rankOf } from "./scores.js";

/** Counts how answers compare with labels. */
export interface Tally {
  /**
   * Adds an example by its index: a score for each class, of which the highest is the answer, and what the loss is where a class is the
   * right one.
   */
  add(scores: Float32Array | Float64Array, label: number, lossOf: (label: number) => number, index: number): void;
  /** What it came to so far. */
  evaluation(): Omit<Evaluation, "seconds">;
}

/** A tally of nothing, which remembers so many of the examples with the largest losses. */
export function tally(classes: number, most = 0): Tally {
  const worst: WorstExample[] = [];
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let [examples, losses, top1, top5] = [0, 0, 0, 0];
  return {
    add(scores, label, lossOf, index) {
      const loss = lossOf(label);
      const rank = rankOf(scores, label);
      examples++;
      losses += loss;
      if (rank < 1) top1++;
      if (rank < 5) top5++;
      const answers = confusion[label]!;
      const answer = bestClass(scores);
      answers[answer] = answers[answer]! + 1;
      if (most === 0 || (worst.length === most && loss <= worst[most - 1]!.loss)) return;
      // Of equals the first comes first.
      const place = worst.findIndex((other) => other.loss < loss);
      const probability = Math.exp(-lossOf(answer));
      worst.splice(place < 0 ? worst.length : place, 0, { index, label, answer, probability, loss });
      worst.length = Math.min(worst.length, most);
    },
    evaluation: () => ({
      examples,
      loss: losses / examples,
      top1: top1 / examples,
      top5: top5 / examples,
      confusion,
      ...(most > 0 && { worst }),
    }),
  };
}
