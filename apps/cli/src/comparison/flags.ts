import type { TrainingFlags } from "../training/flags.js";

/** The flags of `alexnet compare`. */
export interface CompareFlags extends TrainingFlags {
  readonly train?: boolean;
}

/** What each of the two models has. */
export type Pair<Value> = readonly [Value, Value];
