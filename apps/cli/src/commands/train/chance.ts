import type { Evaluation } from "@alexnet/core";

/** Standard deviations of a guesser's accuracy that are taken for luck. */
const LUCK = 2;
/** Share of the loss of even guesses, ln of the number of classes, below which something has been learned. */
const LEARNED = 0.97;

/**
 * Whether a model does no better than guessing: as many right answers as chance gives, and a loss that knows no more than that
 * the classes are equally likely.
 */
export function isGuessing({ examples, loss, top1, confusion }: Evaluation): boolean {
  const classes = confusion.length;
  const chance = 1 / classes;
  const spread = Math.sqrt((chance * (1 - chance)) / examples);
  return classes > 1 && top1 <= chance + LUCK * spread && loss >= LEARNED * Math.log(classes);
}
