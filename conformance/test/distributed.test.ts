import { referenceBackend } from "@alexnet/backend-reference";
import {
  adam,
  initialParameters,
  lenet5,
  type Model,
  type Optimizer,
  optimizerScalars,
  optimizerStart,
  paperSgd,
  parametersOf,
  type Tensor,
  type TensorMap,
  trainingProgram,
} from "@alexnet/core";
import {
  type Communicator,
  compileDivided,
  type Division,
  divisions,
  gatherWhole,
  inProcessCommunicators,
  ownVariables,
  partition,
  partOf,
  placementOf,
} from "@alexnet/core/distributed";
import { dropoutMask, normal } from "@alexnet/core/random";
import { describe, expect, it } from "vitest";
import { towers } from "./towers.js";

const BATCH = 4;

interface Setting {
  readonly model: Model;
  readonly optimizer: Optimizer;
}

const scalarsOf = (optimizer: Optimizer): TensorMap => optimizerScalars(optimizer, { step: 0, learningRate: 0.01 });

function feedOf({ model, optimizer }: Setting): TensorMap {
  const { program, masks } = trainingProgram(model, BATCH, optimizer);
  const shape = program.inputs.images!;
  const labels = new Float32Array(BATCH * model.classes);
  // The last image is none: a batch that is filled up.
  for (let example = 0; example < BATCH - 1; example++) labels[example * model.classes + example] = BATCH / (BATCH - 1);
  const feed: Record<string, Tensor> = {
    images: {
      shape,
      data: normal(
        { seed: 1, purpose: "images" },
        shape.reduce((size, extent) => size * extent),
      ),
    },
    labels: { shape: [BATCH, model.classes], data: labels },
    ...scalarsOf(optimizer),
  };
  for (const { input, shape, rate } of masks) {
    const data = dropoutMask(
      { seed: 1, purpose: input, step: 0 },
      rate,
      shape.reduce((size, extent) => size * extent),
    );
    feed[input] = { shape, data };
  }
  return feed;
}

const startOf = ({ model, optimizer }: Setting): TensorMap => ({
  ...initialParameters(model, 3),
  ...optimizerStart(optimizer, parametersOf(model)),
});

/** Two steps on one rank: its outputs and variables. */
async function undivided(setting: Setting): Promise<{ readonly outputs: TensorMap; readonly variables: TensorMap }> {
  const backend = await referenceBackend();
  const { program } = trainingProgram(setting.model, BATCH, setting.optimizer);
  const variables = await backend.createVariables(startOf(setting));
  const executable = await backend.compile(program);
  const feed = feedOf(setting);
  const [, outputs] = await executable.run(variables, [feed, feed]);
  const result = { outputs: outputs!, variables: await variables.read() };
  await backend.dispose();
  return result;
}

/** The same on several, as one of them sees it, put together. */
async function onRank(setting: Setting, division: Division, communicator: Communicator) {
  const { rank, size } = communicator;
  const backend = await referenceBackend();
  const { program } = trainingProgram(setting.model, BATCH, setting.optimizer);
  const divided = partition(program, placementOf(setting.model, division, size), rank);
  const variables = await backend.createVariables(ownVariables(divided, startOf(setting)));
  const executable = await compileDivided(backend, divided, communicator);
  const feed = Object.fromEntries(
    Object.entries(feedOf(setting)).map(([name, value]) => {
      return [name, partOf(value, divided.inputs.get(name)!.layout, rank, size)];
    }),
  );
  await executable.run(variables, feed);
  const outputs = await executable.run(variables, feed);
  const read = await variables.read([...divided.variables.keys()]);
  const gathered: [string, Tensor][] = [];
  for (const [name, { layout, shape }] of divided.variables) {
    gathered.push([name, await gatherWhole(communicator, read[name]!, layout, shape)]);
  }
  await backend.dispose();
  return { divided, outputs, variables: Object.fromEntries(gathered) };
}

function expectClose(found: Tensor, expected: Tensor, name: string): void {
  expect(found.shape).toEqual(expected.shape);
  const magnitudes = Array.from(expected.data, Math.abs);
  const differences = Array.from(expected.data, (value, index) => Math.abs(found.data[index]! - value));
  expect(Math.max(...differences) / Math.max(...magnitudes), name).toBeLessThan(1e-12);
}

const optimizers: readonly Optimizer[] = [
  paperSgd,
  { ...paperSgd, convention: "pytorch" },
  { ...adam, epsilon: 1e-3, weightDecay: 0.01 },
];

describe("a training divided among ranks", () => {
  const cases = [lenet5({ classes: 8 }), towers([3, 25, 25])].flatMap((model) =>
    divisions.flatMap((division) =>
      [2, 4].flatMap((ranks) =>
        model.name === "towers" && division === "model" && ranks === 4 ? [] : [{ model, division, ranks }],
      ),
    ),
  );

  it.each(cases.map((each) => [each.model.name, each.division, each.ranks, each] as const))(
    "%s, %s, on %i ranks comes to what one comes to",
    async (_name, division, ranks, { model }) => {
      for (const optimizer of optimizers) {
        const setting = { model, optimizer };
        const whole = await undivided(setting);
        const results = await Promise.all(
          inProcessCommunicators(ranks).map((communicator) => onRank(setting, division, communicator)),
        );
        for (const { outputs, variables } of results) {
          expectClose(outputs.loss!, whole.outputs.loss!, "loss");
          for (const [variable, expected] of Object.entries(whole.variables)) {
            expectClose(variables[variable]!, expected, variable);
          }
        }
      }
    },
  );
});
