import { defined } from "@alexnet/core/support";
import type { BackendChoice } from "@alexnet/runs";
import type { Ranks } from "../../choices/ranks.js";
import type { TrainingFlags } from "./flags.js";

/** How often checkpoints are written and weights told of, how many stay and when it is enough, where that was said. */
export function keeping({ checkpointEvery, keep, maxSteps, maxTime, tensorboard, weightsEvery }: TrainingFlags) {
  return defined({ maxSteps, maxSeconds: maxTime, checkpointEvery, keepCheckpoints: keep, tensorboard, weightsEvery });
}

/** Those who train together, as trainings take them. */
export function together({
  communicator,
  division,
}: Partial<Ranks> = {}): Partial<Pick<Ranks, "communicator" | "division">> {
  return defined({ communicator, division });
}

/** How the backend is found again. */
export function backendChoice({ backend, threads }: Pick<TrainingFlags, "backend" | "threads">): BackendChoice {
  return { asked: backend ?? "auto", ...defined({ threads }) };
}
