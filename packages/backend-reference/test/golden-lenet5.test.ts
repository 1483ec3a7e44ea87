import {
  type Backend,
  gradientProgram,
  inferenceProgram,
  initialValues,
  lenet5,
  type Optimizer,
  type Parameter,
  parametersOf,
  plainSgd,
  type Shape,
  sizeOf,
  type Tensor,
  type TensorMap,
  trainingProgram,
  uniform,
  velocityOf,
  zeros,
} from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { referenceBackend } from "../src/index.js";
import { goldenTensors, relativeError, sample, spread } from "./golden.js";
import { tensor64 } from "./helpers.js";

const SEED = 1;
const model = lenet5();

/** float32((2u − 1) · bound), as conformance/golden/README.md says. */
function symmetric(purpose: string, shape: Shape, bound: number, step = 0): Tensor {
  const key = { seed: SEED, purpose: `golden:${purpose}`, step };
  return { shape, data: initialValues({ kind: "uniform", bound }, { fanIn: 1, fanOut: 1 }, key, sizeOf(shape)) };
}

function startingPoint({ name, shape, fanIn, fanOut }: Parameter): Tensor {
  return symmetric(name, shape, name.endsWith("weight") ? Math.sqrt(6 / (fanIn + fanOut)) * 2 : 0.1);
}

const parameters = Object.fromEntries(
  parametersOf(model).map((parameter) => [parameter.name, startingPoint(parameter)]),
);

function batch(size: number, step = 0): { readonly images: Tensor; readonly labels: Tensor } {
  const classes = Array.from(uniform({ seed: SEED, purpose: "golden:labels", step }, size), (u) => Math.floor(u * 10));
  const labels = tensor64([size, 10], new Float64Array(size * 10));
  classes.forEach((label, example) => {
    labels.data[example * 10 + label] = 1;
  });
  return { images: symmetric("images", [size, ...model.inputShape], 1, step), labels };
}

async function withBackend<Result>(use: (backend: Backend) => Promise<Result>): Promise<Result> {
  const backend = referenceBackend();
  try {
    return await use(backend);
  } finally {
    await backend.dispose();
  }
}

describe("LeNet-5 agrees with PyTorch in float64", () => {
  const golden = goldenTensors("lenet5");

  it("starts from the same numbers", () => {
    expect(sample(batch(2).images, 8)).toEqual(golden["images.sample"]);
    for (const [name, value] of Object.entries(parameters)) {
      expect(sample(value, 8), name).toEqual(golden[`param.${name}.sample`]);
    }
  });

  it("in its logits", async () => {
    const { program } = inferenceProgram(model, 2);
    const outputs = await withBackend(async (backend) => {
      const executable = await backend.compile(program);
      return executable.run(await backend.createVariables(parameters), [{ images: batch(2).images }]);
    });
    expect(relativeError(outputs[0]?.logits, golden["eval.logits"])).toBeLessThan(1e-13);
  });

  it("in its loss and the gradient of every parameter", async () => {
    const { program } = gradientProgram(model, 2);
    const [outputs] = await withBackend(async (backend) => {
      const executable = await backend.compile(program);
      return executable.run(await backend.createVariables(parameters), [batch(2)]);
    });
    expect(relativeError(outputs?.loss, golden["train.loss"])).toBeLessThan(1e-13);
    for (const name of Object.keys(parameters)) {
      const gradient = outputs?.[`gradient:${name}`] as Tensor;
      expect(relativeError(sample(gradient), golden[`grad.${name}.sample`]), name).toBeLessThan(1e-12);
      const spreadOut = golden[`grad.${name}.spread`];
      if (spreadOut) expect(relativeError(spread(gradient), spreadOut), name).toBeLessThan(1e-12);
    }
  });
});

describe("twenty steps of training LeNet-5 agree with PyTorch in float64", () => {
  const golden = goldenTensors("training");
  const STEPS = 20;
  const decaying = { momentum: 0.9, weightDecay: 5e-4 };
  const constant = (): number => 0.1;
  const dropping = (step: number): number => (step < 10 ? 0.1 : 0.01);

  const runs: readonly { run: string; optimizer: Optimizer; rate: (step: number) => number }[] = [
    { run: "plain", optimizer: plainSgd, rate: () => 0.5 },
    { run: "momentum.paper", optimizer: { convention: "paper", ...decaying }, rate: constant },
    { run: "momentum.pytorch", optimizer: { convention: "pytorch", ...decaying }, rate: constant },
    { run: "drop.paper", optimizer: { convention: "paper", ...decaying }, rate: dropping },
    { run: "drop.pytorch", optimizer: { convention: "pytorch", ...decaying }, rate: dropping },
  ];

  it.each(runs)("$run", async ({ run, optimizer, rate }) => {
    const { program } = trainingProgram(model, 8, optimizer);
    const velocities = Object.entries(parameters).map(([name, { shape }]) => [velocityOf(name), zeros(shape)]);
    const start: TensorMap = { ...parameters, ...(optimizer.momentum > 0 ? Object.fromEntries(velocities) : {}) };
    const feeds = Array.from({ length: STEPS }, (_, step) => ({
      ...batch(8, step),
      learningRate: tensor64([], [rate(step)]),
    }));
    const { losses, end } = await withBackend(async (backend) => {
      const variables = await backend.createVariables(start);
      const results = await (await backend.compile(program)).run(variables, feeds);
      return {
        losses: tensor64(
          [STEPS],
          results.map(({ loss }) => (loss as Tensor).data[0] as number),
        ),
        end: await variables.read(Object.keys(parameters)),
      };
    });
    expect(relativeError(losses, golden[`${run}.loss`])).toBeLessThan(1e-12);
    for (const [name, value] of Object.entries(end)) {
      expect(relativeError(sample(value), golden[`${run}.final.${name}.sample`]), name).toBeLessThan(1e-12);
      const whole = golden[`${run}.final.${name}`]; // kept in float32
      if (whole) expect(relativeError(value, whole), name).toBeLessThan(1e-7);
    }
  });
});
