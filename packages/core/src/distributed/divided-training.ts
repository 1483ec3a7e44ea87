import type { Model } from "../model/model.js";
import { trainingProgram } from "../model/programs.js";
import type { Optimizer } from "../optimizer/optimizer.js";
import { type Partition, partition } from "./partition.js";
import { type Division, placementOf } from "./placement.js";

/** Rows of a batch on several ranks: where these divide the images, as many for one as for another. */
export function batchRows(batchSize: number, division: Division, ranks: number): number {
  return division === "model" ? batchSize : Math.ceil(batchSize / ranks) * ranks;
}

/**
 * A training step as a rank does it. `trafficOf` tells what it exchanges.
 *
 * ```ts
 * const step = dividedTraining(alexnet2012(), { batchSize: 128, optimizer: paperSgd, division: "model" }, { rank: 0, size: 2 });
 * const bytes = trafficOf(step).reduce((sum, { bytes }) => sum + bytes, 0); // 32 million
 * ```
 */
export function dividedTraining(
  model: Model,
  how: { readonly batchSize: number; readonly optimizer: Optimizer; readonly division: Division },
  { rank, size }: { readonly rank: number; readonly size: number },
): Partition {
  const { program } = trainingProgram(model, batchRows(how.batchSize, how.division, size), how.optimizer);
  return partition(program, placementOf(model, how.division, size), rank);
}
