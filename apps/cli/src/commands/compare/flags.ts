import type { TrainingFlags } from "../train/flags.js";

/** The flags of `alexnet compare`. */
export interface CompareFlags extends TrainingFlags {
  readonly train?: boolean;
}

/** What each of the two models has. */
export type Pair<Value> = readonly [Value, Value];
