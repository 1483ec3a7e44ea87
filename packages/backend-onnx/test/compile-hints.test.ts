import {
  alexnetD2l,
  gradientProgram,
  initialParameters,
  lenet5,
  optimizerScalars,
  optimizerStart,
  paperSgd,
  parametersOf,
  type TensorMap,
  trainingProgram,
} from "@alexnet/core";
import {
  compileDivided,
  inProcessCommunicators,
  ownVariables,
  partition,
  partOf,
  placementOf,
} from "@alexnet/core/distributed";
import { uniform } from "@alexnet/core/random";
import { describe, expect, it, onTestFinished } from "vitest";
import { onnxBackend } from "../src/index.js";
import { lowerOnce } from "../src/lowering/lower-once.js";
import type { Order } from "../src/lowering/orders.js";

/** Large enough that some of its convolutions are computed by tiles, which leaves their results in another order of axes. */
const model = alexnetD2l({ inputSize: 67 });
const BATCH = 32;

describe("a program whose variables others change", () => {
  it("rounds no weight to 8 bits", async () => {
    const small = lenet5();
    // The loss alone: nothing but the forward product reads a dense weight.
    const { program } = gradientProgram(small, 4);
    const forward = { ...program, outputs: { loss: program.outputs.loss!, logits: program.outputs.logits! } };
    const feed = {
      images: { shape: [4, 1, 28, 28], data: Float32Array.from({ length: 4 * 784 }, (_, index) => (index % 17) / 17) },
      labels: { shape: [4, 10], data: new Float32Array(40).fill(0.1) },
    };
    const logits = async (denseWeights: "float32" | "int8", variablesChange: boolean, seed: number) => {
      const backend = await onnxBackend({ device: "cpu", threads: 1, denseWeights });
      onTestFinished(() => backend.dispose());
      const executable = await backend.compile(forward, { variablesChange });
      const [outputs] = await executable.run(await backend.createVariables(initialParameters(small, seed)), [feed]);
      return Array.from(outputs!.logits!.data);
    };
    for (const seed of [1, 2]) {
      const exact = await logits("float32", true, seed);
      expect(await logits("int8", true, seed)).toEqual(exact);
      expect(await logits("int8", false, seed)).not.toEqual(exact);
    }
  });

  it("leaves values to others in the order of axes in which it made them, and they take them so", () => {
    const { program } = trainingProgram(model, BATCH, paperSgd);
    const { stages, kept } = partition(program, placementOf(model, "hybrid", 2), 0);
    const held = new Map<string, Order>();
    let taken = 0;
    for (const stage of stages) {
      const options = { onNaN: "tell", convolution: "winograd", denseWeights: "float32" } as const;
      const { variables, assigned } = lowerOnce(stage.program, options, held);
      for (const [name, { order }] of variables) {
        if (!kept.has(name) || assigned.has(name)) continue;
        expect([name, order]).toEqual([name, held.get(name)]);
        if (order === "spatial") taken++;
      }
      for (const [name, { order }] of assigned) held.set(name, order);
    }
    expect(taken).toBeGreaterThan(0);
  });

  it("takes the steps that a training on one device takes, however its values lie", async () => {
    const optimizer = { ...paperSgd, weightDecay: 0 };
    const { program, masks } = trainingProgram(model, BATCH, optimizer);
    const start = { ...initialParameters(model, 3), ...optimizerStart(optimizer, parametersOf(model)) };
    const feed: TensorMap = {
      ...optimizerScalars(optimizer, { step: 0, learningRate: 0.01 }),
      ...Object.fromEntries(masks.map(({ input, shape }) => [input, { shape, data: filled(shape, () => 1) }])),
      images: { shape: program.inputs.images!, data: filled(program.inputs.images!, Number) },
      labels: { shape: [BATCH, 10], data: filled([BATCH, 10], (_, index) => Number(index % 11 === 0)) },
    };
    const backend = await onnxBackend({ device: "cpu", threads: 1 });
    onTestFinished(() => backend.dispose());
    const whole = await backend.createVariables(start);
    const executable = await backend.compile(program);
    const [alone] = (await executable.run(whole, [feed, feed, feed])).slice(-1);
    const outputs = await Promise.all(
      inProcessCommunicators(2).map(async (communicator, rank) => {
        const divided = partition(program, placementOf(model, "hybrid", 2), rank);
        const variables = await backend.createVariables(ownVariables(divided, start));
        const step = await compileDivided(backend, divided, communicator);
        const own = Object.fromEntries(
          Object.entries(feed).map(([name, value]) => [name, partOf(value, divided.inputs.get(name)!.layout, rank, 2)]),
        );
        for (let count = 0; count < 2; count++) await step.run(variables, own);
        return step.run(variables, own);
      }),
    );
    for (const { loss } of outputs) expect(loss!.data[0]! / alone!.loss!.data[0]!).toBeCloseTo(1, 5);
  });
});

function filled(shape: readonly number[], value: (draw: number, index: number) => number): Float32Array {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return uniform({ seed: 1, purpose: "hints" }, size).map(value);
}
