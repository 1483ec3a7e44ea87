import {
  type Dataset,
  defineModel,
  fit,
  freeze,
  gradientProgram,
  initialParameters,
  layers,
  oneHot,
  type TensorMap,
  transferred,
  withClasses,
  withLearningRates,
} from "@alexnet/core";
import { uniform } from "@alexnet/core/random";
import { describe, expect, it } from "vitest";
import { referenceBackend } from "../src/index.js";

const { conv2d, dense, flatten, relu } = layers;

const base = defineModel({
  name: "small",
  inputShape: [1, 6, 6],
  layers: [conv2d("conv1", { filters: 2, kernel: 3 }), relu("relu1"), flatten("flatten"), dense("fc2", { units: 5 })],
});

const data = uniform({ seed: 1, purpose: "images" }, 8 * 36);
const training: Dataset = {
  name: "noise",
  length: 8,
  imageShape: [1, 6, 6],
  classNames: ["a", "b", "c"],
  async batch(indices) {
    const chosen = Array.from(indices);
    const images = Float32Array.from(
      chosen.flatMap((index) => Array.from(data.subarray(index * 36, (index + 1) * 36))),
    );
    return {
      images: { shape: [chosen.length, 1, 6, 6], data: images },
      labels: Int32Array.from(chosen, (index) => index % 3),
    };
  },
};

const settings = { epochs: 1, batchSize: 8, schedule: { kind: "constant", learningRate: 0.5 } } as const;

async function trained(model: typeof base, parameters: TensorMap) {
  for await (const event of fit({ model, parameters, training, backend: await referenceBackend(), ...settings })) {
    if (event.type === "end") return event.checkpoint;
  }
  throw new Error("It did not end.");
}

describe("a training with frozen layers", () => {
  const head = withClasses(base, 3);
  const start = transferred(head, initialParameters(base, 7), 7);

  it("leaves their weights bit for bit, and moves the others by their gradients and multipliers", async () => {
    const model = withLearningRates(freeze(head, "features"), { fc2: 2 });
    const { parameters } = await trained(model, start);
    expect(parameters["conv1.weight"]!.data).toEqual(Float64Array.from(start["conv1.weight"]!.data));
    expect(parameters["conv1.bias"]!.data).toEqual(Float64Array.from(start["conv1.bias"]!.data));

    const backend = await referenceBackend();
    const { images, labels } = await training.batch([0, 1, 2, 3, 4, 5, 6, 7]);
    const executable = await backend.compile(gradientProgram(head, 8).program);
    const feed = { images, labels: oneHot(labels, 3) };
    const [outputs] = await executable.run(await backend.createVariables(start), [feed]);
    const gradient = outputs!["gradient:fc2.weight"]!.data;
    const moved = parameters["fc2.weight"]!.data;
    for (const [index, value] of gradient.entries()) {
      expect(moved[index]).toBeCloseTo(start["fc2.weight"]!.data[index]! - 0.5 * 2 * value, 12);
    }
  });

  it("goes on from a checkpoint, and not with other layers frozen", async () => {
    const model = freeze(head, "conv1");
    const options = {
      model,
      training,
      backend: await referenceBackend(),
      ...settings,
      batchSize: 4,
      epochs: 2,
    } as const;
    const optimizer = { convention: "paper", momentum: 0.9, weightDecay: 0 } as const;
    let whole: TensorMap = {};
    for await (const event of fit({ ...options, optimizer, parameters: start })) {
      if (event.type === "end") whole = event.checkpoint.parameters;
    }
    let resume: Parameters<typeof fit>[0]["resume"];
    for await (const event of fit({ ...options, optimizer, parameters: start, maxSteps: 1 })) {
      if (event.type === "end") resume = event.checkpoint;
    }
    expect(Object.keys(resume!.optimizerState.velocities!)).toEqual(["fc2.weight", "fc2.bias"]);
    for await (const event of fit({ ...options, optimizer, resume: resume! })) {
      if (event.type === "end") expect(event.checkpoint.parameters).toEqual(whole);
    }
    const thawed = fit({ ...options, optimizer, model: head, resume: resume! });
    await expect(thawed.next()).rejects.toThrow(
      /lacks the optimizer's velocities of "conv1\.weight": the layer was frozen/,
    );
    const frozen = fit({ ...options, optimizer, model: freeze(head, "conv1", "fc2"), resume: resume! });
    await expect(frozen.next()).rejects.toThrow(/"fc2\.weight", which is frozen here|nothing to train/);
  });
});
