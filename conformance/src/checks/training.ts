import { referenceBackend } from "@alexnet/backend-reference";
import {
  adam,
  adamW,
  type Backend,
  type Checkpoint,
  type EndEvent,
  type FitOptions,
  fit,
  lenet5,
  type Model,
  type ModelProgram,
  type Optimizer,
  optimizerScalars,
  optimizerStart,
  paperSgd,
  predict,
  type Tensor,
  type TensorMap,
  trainedParameters,
  trainingProgram,
  withLearningRates,
} from "@alexnet/core";
import type { OperationKind } from "@alexnet/core/program";
import { keysOf } from "@alexnet/core/support";
import { goldenFeed, goldenParameters } from "../golden/inputs.js";
import { readGolden } from "../golden/read.js";
import type { Check, Measurement } from "../suite/check.js";
import { answerBudget, programBudgets, unitRoundoff } from "../tolerance.js";
import { gentleDataset, gentleModel } from "../training/gentle.js";

const STEPS = 20;
const HALF = 10;
const BATCH = 8;

const momentum = { momentum: 0.9, weightDecay: 5e-4 };
const dropping = (step: number): number => (step < HALF ? 0.1 : 0.01);

/** The runs of `golden/training.safetensors`. */
const goldenRuns: readonly {
  readonly name: string;
  readonly title: string;
  readonly optimizer: Optimizer;
  /** LeNet-5 unless told otherwise. */
  readonly model?: Model;
  learningRate(step: number): number;
}[] = [
  {
    name: "plain",
    title: "plain SGD",
    optimizer: { convention: "pytorch", momentum: 0, weightDecay: 0 },
    learningRate: () => 0.5,
  },
  {
    name: "momentum.paper",
    title: "the paper's momentum and weight decay",
    optimizer: { convention: "paper", ...momentum },
    learningRate: () => 0.1,
  },
  {
    name: "momentum.pytorch",
    title: "PyTorch's momentum and weight decay",
    optimizer: { convention: "pytorch", ...momentum },
    learningRate: () => 0.1,
  },
  {
    name: "drop.paper",
    title: "the paper's momentum, learning rate dropped",
    optimizer: { convention: "paper", ...momentum },
    learningRate: dropping,
  },
  {
    name: "drop.pytorch",
    title: "PyTorch's momentum, learning rate dropped",
    optimizer: { convention: "pytorch", ...momentum },
    learningRate: dropping,
  },
  {
    name: "frozen",
    title: "frozen convolutions, the last layer at twice the rate",
    optimizer: { convention: "pytorch", ...momentum },
    model: withLearningRates(lenet5(), { features: 0, fc5: 2 }),
    learningRate: () => 0.1,
  },
  {
    name: "adam",
    title: "Adam with weight decay",
    optimizer: { ...adam, weightDecay: 0.01 },
    learningRate: (step) => dropping(step) / 10,
  },
  {
    name: "adamw",
    title: "AdamW",
    optimizer: { kind: "adamw", beta1: 0.8, beta2: 0.99, epsilon: 1e-3, weightDecay: 0.1 },
    learningRate: (step) => dropping(step) / 10,
  },
];

const goldenChecks: readonly Check[] = goldenRuns.map(({ name, title, optimizer, model = lenet5(), learningRate }) => {
  const training = trainingProgram(model, BATCH, optimizer);
  return {
    id: `training/lenet5, ${STEPS} steps: ${title}`,
    level: 6,
    operations: kindsOf(training),
    work: 0,
    async run({ backend }) {
      const { tensors, metadata } = await readGolden("training");
      const seed = Number(metadata.seed);
      const start = {
        ...goldenParameters(model, training.parameters, seed),
        ...optimizerStart(optimizer, trainedParameters(training.parameters)),
      };
      const feeds = Array.from(
        { length: STEPS },
        (_, step): TensorMap => ({
          ...goldenFeed(model, training, seed, step),
          ...optimizerScalars(optimizer, { step, learningRate: learningRate(step) }),
        }),
      );
      const executable = await backend.compile(training.program);
      const variables = await backend.createVariables(start);
      try {
        const runs = await executable.run(variables, feeds);
        const losses = runs.map(({ loss }) => loss?.data[0] ?? Number.NaN);
        const found = await variables.read(training.parameters.map((parameter) => parameter.name));
        const { budget, unit } = budgetOf(training, backend);
        return [
          { what: "losses", error: worstRelative(losses, tensors[`${name}.loss`]?.data) / unit, budget },
          ...Object.entries(found).map(([parameter, { data }]) => {
            const expected = tensors[`${name}.final.${parameter}.sample`]!.data;
            const sampled = Array.from(
              expected,
              (_, index) => data[Math.floor((index * data.length) / expected.length)]!,
            );
            return { what: parameter, error: worstNormwise(sampled, expected) / unit, budget };
          }),
        ];
      } finally {
        await variables.dispose();
        await executable.dispose();
      }
    },
  };
});

/** The same training without and with a change of backend half-way, in float64. */
const gentle = {
  model: gentleModel,
  training: gentleDataset(160, 1),
  epochs: 1,
  batchSize: BATCH,
  seed: 5,
} as const satisfies Omit<FitOptions, "backend">;

/** How the same training descends. */
type Descent = Required<Pick<FitOptions, "optimizer" | "schedule">>;

const byMomentum: Descent = { optimizer: paperSgd, schedule: { kind: "constant", learningRate: 0.05 } };
const byAdam: Descent = { optimizer: { ...adamW, epsilon: 1e-3 }, schedule: { kind: "cosine", learningRate: 0.005 } };

const fitChecks: readonly Check[] = [
  fitCheck("with dropout, normalization and momentum", byMomentum, (backend) => trained(byMomentum, backend)),
  fitCheck("ten of them on the reference, then resumed here", byMomentum, async (backend) =>
    trained(byMomentum, backend, (await trained(byMomentum, referenceBackend(), undefined, HALF)).checkpoint),
  ),
  ...[byMomentum, byAdam].map((descent) =>
    fitCheck(
      `${descent === byAdam ? "by AdamW, " : ""}ten of them here, then resumed on the reference`,
      descent,
      async (backend) =>
        trained(descent, referenceBackend(), (await trained(descent, backend, undefined, HALF)).checkpoint),
    ),
  ),
];

/** Level 6: trainings from one seed, on one backend and on two, take the same steps as in float64. */
export const trainingChecks: readonly Check[] = [...goldenChecks, ...fitChecks];

interface Trained {
  /** What the final weights say of the first images. */
  readonly logits: Tensor;
  readonly losses: ReadonlyMap<number, number>;
  readonly checkpoint: Checkpoint;
}

function fitCheck(title: string, descent: Descent, train: (backend: Backend) => Promise<Trained>): Check {
  const program = trainingProgram(gentleModel, BATCH, descent.optimizer);
  return {
    id: `training/${STEPS} steps ${title}`,
    level: 6,
    operations: kindsOf(program),
    work: 0,
    async run({ backend }) {
      const truth = await truthOf(descent);
      const found = await train(backend);
      const { budget, unit } = budgetOf(program, backend);
      const steps = [...found.losses.keys()];
      return [
        {
          what: "losses",
          error:
            worstRelative(
              steps.map((step) => found.losses.get(step)!),
              steps.map((step) => truth.losses.get(step)!),
            ) / unit,
          budget,
        },
        ...tensorErrors(
          { predictions: found.logits },
          { predictions: truth.logits },
          Math.hypot(budget, answerBudget(gentleModel, BATCH, backend.info)),
          unit,
          "",
        ),
        ...tensorErrors(found.checkpoint.parameters, truth.checkpoint.parameters, budget, unit, ""),
        ...keysOf(truth.checkpoint.optimizerState).flatMap((slot) =>
          tensorErrors(
            found.checkpoint.optimizerState[slot] ?? {},
            truth.checkpoint.optimizerState[slot] ?? {},
            budget,
            unit,
            ` ${slot}`,
          ),
        ),
      ];
    },
  };
}

const truths = new Map<Descent, Promise<Trained>>();

function truthOf(descent: Descent): Promise<Trained> {
  const truth = truths.get(descent) ?? trained(descent, referenceBackend());
  truths.set(descent, truth);
  return truth;
}

async function trained(descent: Descent, backend: Backend, resume?: Checkpoint, maxSteps?: number): Promise<Trained> {
  const losses = new Map<number, number>();
  let end: EndEvent | undefined;
  const options = { ...gentle, ...descent, backend, ...(resume && { resume }), ...(maxSteps && { maxSteps }) };
  for await (const event of fit(options)) {
    if (event.type === "step") losses.set(event.step, event.loss);
    if (event.type === "end") end = event;
  }
  const { checkpoint } = end!;
  const { images } = await gentle.training.batch(Array.from({ length: BATCH }, (_, index) => index));
  const { logits } = await predict({ model: gentleModel, backend, parameters: checkpoint.parameters, images });
  return { losses, checkpoint, logits };
}

function tensorErrors(
  found: TensorMap,
  expected: TensorMap,
  budget: number,
  unit: number,
  suffix: string,
): readonly Measurement[] {
  return Object.entries(expected).map(([name, { data }]) => ({
    what: `${name}${suffix}`,
    error: worstNormwise(found[name]?.data ?? [], data) / unit,
    budget,
  }));
}

/** The errors of the steps add up by their squares, as those of a program's operations do. */
function budgetOf({ program }: ModelProgram, { info }: Backend): { readonly budget: number; readonly unit: number } {
  const budgets = programBudgets(program, info);
  const step = Math.max(...Object.values(program.assignments).map((value) => budgets.get(value) ?? 0));
  return { budget: Math.sqrt(STEPS) * step, unit: unitRoundoff[info.precision] };
}

function worstRelative(found: ArrayLike<number>, expected: ArrayLike<number> | undefined): number {
  const wanted = Array.from(expected ?? [Number.NaN]);
  return worst(wanted.map((value, index) => Math.abs(found[index]! - value) / Math.abs(value)));
}

function worstNormwise(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0;
  for (let index = 0; index < expected.length; index++) largest = Math.max(largest, Math.abs(expected[index]!));
  return worst(
    Array.from({ length: expected.length }, (_, index) => Math.abs(found[index]! - expected[index]!) / largest),
  );
}

/** The largest; infinite where one is not a number. */
function worst(errors: readonly number[]): number {
  return errors.reduce(
    (most, error) => (error <= most ? most : Number.isNaN(error) ? Number.POSITIVE_INFINITY : error),
    0,
  );
}

function kindsOf({ program }: ModelProgram): readonly OperationKind[] {
  return [...new Set(program.operations.map(({ kind }) => kind))];
}
