import { referenceBackend } from "@alexnet/backend-reference";
import {
  adam,
  lenet5,
  type Model,
  type Optimizer,
  optimizerScalars,
  optimizerStart,
  type TensorMap,
  trainedParameters,
  trainingProgram,
  withLearningRates,
} from "@alexnet/core";
import { divisions, inProcessCommunicators } from "@alexnet/core/distributed";
import { goldenFeed, goldenParameters } from "../golden/inputs.js";
import { readGolden } from "../golden/read.js";
import { kindsOf } from "../kinds.js";
import type { Check } from "../suite/check.js";
import { trainingBudget, worstNormwise, worstRelative } from "../training/errors.js";
import { byAdam, byMomentum, STEPS, trained, trainingCheck } from "../training/trained.js";

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
    operations: kindsOf(training.program),
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
        const { budget, unit } = trainingBudget(training, backend.info, STEPS);
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

const fitChecks: readonly Check[] = [
  trainingCheck("with dropout, normalization and momentum", byMomentum, async (backend) => [
    await trained(byMomentum, backend),
  ]),
  trainingCheck("ten of them on the reference, then resumed here", byMomentum, async (backend) => {
    const { checkpoint } = await trained(byMomentum, referenceBackend(), { maxSteps: HALF });
    return [await trained(byMomentum, backend, { resume: checkpoint })];
  }),
  ...[byMomentum, byAdam].map((descent) =>
    trainingCheck(
      `${descent === byAdam ? "by AdamW, " : ""}ten of them here, then resumed on the reference`,
      descent,
      async (backend) => {
        const { checkpoint } = await trained(descent, backend, { maxSteps: HALF });
        return [await trained(descent, referenceBackend(), { resume: checkpoint })];
      },
    ),
  ),
];

/** The ranks share the backend: what each computes is its own, what they exchange is added up outside it. */
const dividedChecks: readonly Check[] = divisions.flatMap((division) =>
  [byMomentum, byAdam].map((descent) =>
    trainingCheck(
      `divided by ${division} among two ranks${descent === byAdam ? ", by AdamW" : ""}`,
      descent,
      (backend) =>
        Promise.all(
          inProcessCommunicators(2).map(async (communicator) => {
            try {
              return await trained(descent, backend, { communicator, division });
            } catch (error) {
              communicator.abort(1); // The other waits for it.
              throw error;
            }
          }),
        ),
    ),
  ),
);

/** Level 6: trainings from one seed, on one backend and on two, whole and divided, take the same steps as in float64. */
export const trainingChecks: readonly Check[] = [...goldenChecks, ...fitChecks, ...dividedChecks];
