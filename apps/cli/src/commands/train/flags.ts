import type { CheckpointInterval } from "@alexnet/core";
import type { PictureLimits } from "@alexnet/data";
import type { ImageFlags } from "../../choices/image-recipe.js";
import type { OptimizerFlags } from "../../choices/optimizer.js";
import type { RankFlags } from "../../choices/ranks.js";

/** The flags that decide a training, as commander hands them over; what is absent was not given. */
export interface TrainingFlags extends OptimizerFlags, ImageFlags, PictureLimits, RankFlags {
  readonly recipe?: string;
  readonly dataset?: string;
  readonly dataDir?: string;
  readonly testShare?: number;
  readonly splitSeed?: number;
  readonly download?: boolean;
  readonly mirror?: readonly string[];
  readonly limitTrain?: number;
  readonly limitTest?: number;
  readonly backend?: string;
  readonly threads?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly lr?: number;
  readonly schedule?: "constant" | "step" | "polynomial" | "cosine" | "plateau";
  readonly lrFactor?: number;
  readonly lrEvery?: number;
  readonly lrPower?: number;
  readonly lrMinimum?: number;
  readonly warmupSteps?: number;
  readonly lrPatience?: number;
  readonly lrReductions?: number;
  readonly monitor?: "loss" | "error";
  readonly earlyStop?: number;
  readonly seed?: number;
  readonly classes?: number;
  readonly channels?: number;
  readonly inputSize?: number;
  readonly towers?: 1 | 2;
  readonly from?: string;
  readonly freeze?: readonly string[];
  readonly lrMultiplier?: Readonly<Record<string, number>>;
  readonly checkpointEvery?: CheckpointInterval;
  readonly keep?: number;
  readonly maxSteps?: number;
  /** In seconds. */
  readonly maxTime?: number;
  readonly evaluateEvery?: number;
  readonly tensorboard?: boolean;
  readonly weightsEvery?: Pick<CheckpointInterval, "epochs" | "steps">;
  readonly runDir?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `--batch-size` for `batchSize`. */
export function flagName(property: string): string {
  return `--${property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
