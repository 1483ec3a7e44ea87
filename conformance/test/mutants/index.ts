import { denseMutants } from "./dense.js";
import { gradientMutants } from "./gradients.js";
import type { Mutant } from "./mutant.js";
import { operationMutants } from "./operations.js";
import { stateMutants } from "./state.js";
import { trainingMutants } from "./training.js";

/** Mistakes that somebody made, or could. */
export const mutants: readonly Mutant[] = [
  ...stateMutants,
  ...operationMutants,
  ...denseMutants,
  ...gradientMutants,
  ...trainingMutants,
];
