import { referenceBackend } from "@alexnet/backend-reference";
import {
  adamW,
  type Backend,
  type Checkpoint,
  type EndEvent,
  type FitOptions,
  fit,
  paperSgd,
  predict,
  type Tensor,
  trainingProgram,
} from "@alexnet/core";
import { keysOf } from "@alexnet/core/support";
import { kindsOf } from "../kinds.js";
import type { Check } from "../suite/check.js";
import { answerBudget } from "../tolerance.js";
import { tensorErrors, trainingBudget, worstRelative } from "./errors.js";
import { gentleDataset, gentleModel } from "./gentle.js";

const BATCH = 8;
/** Of the whole training. */
export const STEPS = 20;

/** One training, done in several ways. */
const gentle = {
  model: gentleModel,
  training: gentleDataset(STEPS * BATCH, 1),
  epochs: 1,
  batchSize: BATCH,
  seed: 5,
} as const satisfies Omit<FitOptions, "backend">;

/** How the same training descends. */
export type Descent = Required<Pick<FitOptions, "optimizer" | "schedule">>;

export const byMomentum: Descent = { optimizer: paperSgd, schedule: { kind: "constant", learningRate: 0.05 } };
export const byAdam: Descent = {
  optimizer: { ...adamW, epsilon: 1e-3 },
  schedule: { kind: "cosine", learningRate: 0.005 },
};

export interface Trained {
  /** What the final weights say of the first images. */
  readonly logits: Tensor;
  readonly losses: ReadonlyMap<number, number>;
  readonly checkpoint: Checkpoint;
}

const truths = new Map<Descent, Promise<Trained>>();

function truthOf(descent: Descent): Promise<Trained> {
  const truth = truths.get(descent) ?? trained(descent, referenceBackend());
  truths.set(descent, truth);
  return truth;
}

/** Does it, or some of it: `how` says what is not as in the whole. */
export async function trained(descent: Descent, backend: Backend, how: Partial<FitOptions> = {}): Promise<Trained> {
  const losses = new Map<number, number>();
  let end: EndEvent | undefined;
  for await (const event of fit({ ...gentle, ...descent, backend, ...how })) {
    if (event.type === "step") losses.set(event.step, event.loss);
    if (event.type === "end") end = event;
  }
  const { checkpoint } = end!;
  const { images } = await gentle.training.batch(Array.from({ length: BATCH }, (_, index) => index));
  const { logits } = await predict({ model: gentleModel, backend, parameters: checkpoint.parameters, images });
  return { losses, checkpoint, logits };
}

/** Holds what `train` came to, on each rank where there are several, to the whole training in float64. */
export function trainingCheck(
  title: string,
  descent: Descent,
  train: (backend: Backend) => Promise<readonly Trained[]>,
): Check {
  const training = trainingProgram(gentleModel, BATCH, descent.optimizer);
  return {
    id: `training/${STEPS} steps ${title}`,
    level: 6,
    operations: kindsOf(training.program),
    work: 0,
    async run({ backend }) {
      const truth = await truthOf(descent);
      const { budget, unit } = trainingBudget(training, backend.info, STEPS);
      const answers = Math.hypot(budget, answerBudget(gentleModel, BATCH, backend.info));
      const ranks = await train(backend);
      return ranks.flatMap((found, rank) => {
        const steps = [...found.losses.keys()];
        const losses = ({ losses }: Trained): readonly number[] => steps.map((step) => losses.get(step)!);
        const measurements = [
          { what: "losses", error: worstRelative(losses(found), losses(truth)) / unit, budget },
          ...tensorErrors({ predictions: found.logits }, { predictions: truth.logits }, answers, unit),
          ...tensorErrors(found.checkpoint.parameters, truth.checkpoint.parameters, budget, unit),
          ...keysOf(truth.checkpoint.optimizerState).flatMap((slot) => {
            const [ours = {}, theirs = {}] = [found, truth].map(({ checkpoint }) => checkpoint.optimizerState[slot]);
            return tensorErrors(ours, theirs, budget, unit, ` ${slot}`);
          }),
        ];
        return ranks.length === 1
          ? measurements
          : measurements.map((measurement) => ({ ...measurement, what: `${measurement.what}, rank ${rank}` }));
      });
    },
  };
}
