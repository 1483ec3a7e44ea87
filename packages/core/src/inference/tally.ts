import type { Evaluation } from "./evaluation.js";
import { bestClass, rankOf } from "./scores.js";

/** Counts how answers compare with labels. */
export interface Tally {
  /** Adds an example: a score for each class, of which the highest is the answer, and the loss of it. */
  add(scores: Float32Array | Float64Array, label: number, loss: number): void;
  /** What it came to so far. */
  evaluation(): Omit<Evaluation, "seconds">;
}

/** A tally of nothing. */
export function tally(classes: number): Tally {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let [examples, losses, top1, top5] = [0, 0, 0, 0];
  return {
    add(scores, label, loss) {
      const rank = rankOf(scores, label);
      examples++;
      losses += loss;
      if (rank < 1) top1++;
      if (rank < 5) top5++;
      const answers = confusion[label]!;
      const answer = bestClass(scores);
      answers[answer] = answers[answer]! + 1;
    },
    evaluation: () => ({
      examples,
      loss: losses / examples,
      top1: top1 / examples,
      top5: top5 / examples,
      confusion,
    }),
  };
}
