import {
  type Backend,
  BackendUnavailableError,
  defineModel,
  InvalidArgumentError,
  layers,
  paperSgd,
  sizeOf,
  slotOf,
  tensor,
  trainingProgram,
  UnsupportedOperationError,
  zeros,
} from "@alexnet/core";
import { type Program, programBuilder } from "@alexnet/core/program";
import { uniform } from "@alexnet/core/random";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tfjsBackend } from "../src/index.js";
import { checkTensorSizes } from "../src/limits.js";
import { loadPackages } from "../src/load.js";
import { type Create, describeEngines } from "./engines.js";

/** Milliseconds; a hang is a failure, a slow software adapter is not. */
const TIMEOUT = 15 * 60 * 1000;

/** `counter ← counter + step`, with the counter from before the run as output. */
function counting(): Program {
  const builder = programBuilder("counting");
  builder.input("step", [2]);
  builder.variable("counter", [2]);
  builder.assign("counter", builder.apply("add", ["counter", "step"], {}, "sum"));
  builder.output("counter", "before");
  builder.output("sum", "after");
  return builder.build();
}

await describeEngines("keeps to the interface", (create, name) => {
  let backend: Backend;
  beforeEach(async () => {
    backend = await create();
  });
  afterEach(() => backend.dispose());

  it("says what it is", () => {
    expect(backend.info).toMatchObject({ name, precision: expect.stringMatching(/^(float32|tf32)$/) });
    expect(backend.info.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(backend.info.engine).toMatch(/^@tensorflow\/tfjs-/);
  });

  it("carries variables from run to run, also when an output is a variable itself", async () => {
    const executable = await backend.compile(counting());
    const variables = await backend.createVariables({ counter: tensor([2], [10, 20]) });
    const step = tensor([2], [1, 2]);
    const results = await executable.run(variables, [{ step }, { step }, { step }]);
    expect(results.map(({ before }) => Array.from(before?.data ?? []))).toEqual([
      [10, 20],
      [11, 22],
      [12, 24],
    ]);
    expect(Array.from((await variables.read()).counter?.data ?? [])).toEqual([13, 26]);
  });

  it("copies what it is given and what it gives back", async () => {
    const values = tensor([2], [1, 2]);
    const variables = await backend.createVariables({ counter: values });
    values.data[0] = 99;
    const read = await variables.read();
    (read.counter?.data as Float32Array)[1] = 99;
    expect(Array.from((await variables.read()).counter?.data ?? [])).toEqual([1, 2]);
  });

  it("gives variables back in the program's layout, whatever layout they are kept in", async () => {
    const data = uniform({ seed: 1, purpose: "filter" }, 3 * 2 * 2 * 3);
    const builder = programBuilder("convolving");
    builder.input("input", [1, 2, 5, 4]);
    builder.variable("filter", [3, 2, 2, 3]);
    const attributes = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 } as const;
    const output = builder.apply("conv2d", ["input", "filter"], attributes);
    const change = builder.apply("conv2dGradFilter", ["input", output], { ...attributes, filterSize: [2, 3] });
    const update = { momentum: 1, weightDecay: 0, rate: 0 };
    builder.input("rate", []);
    builder.assign("filter", builder.apply("sgdUpdate", ["filter", "filter", change, "rate"], update));
    const executable = await backend.compile(builder.build());
    const variables = await backend.createVariables({ filter: { shape: [3, 2, 2, 3], data } });
    const input = { shape: [1, 2, 5, 4], data: uniform({ seed: 1, purpose: "input" }, 40) };
    await executable.run(variables, [{ input, rate: tensor([], [1]) }]);
    expect((await variables.read()).filter).toEqual({ shape: [3, 2, 2, 3], data });
  });

  it("refuses use after dispose, and disposes twice without complaint", async () => {
    const executable = await backend.compile(counting());
    const variables = await backend.createVariables({ counter: zeros([2]) });
    await variables.dispose();
    await expect(variables.read()).rejects.toThrow(/disposed/);
    await backend.dispose();
    await backend.dispose();
    await expect(executable.run(variables, [{ step: zeros([2]) }])).rejects.toThrow(/disposed/);
    await expect(backend.compile(counting())).rejects.toThrow(/disposed/);
  });
});

await describeEngines("holds no more tensors after 200 steps than after one", (create) => {
  it(
    "with convolutions, pooling, momentum and weight decay",
    async () => {
      const alive = await tensorsAfterEachStep(create, 200);
      expect(new Set(alive.slice(1))).toEqual(new Set([alive[1]]));
      expect(alive[1]).toBeGreaterThan(0);
    },
    TIMEOUT,
  );
});

/** A little of everything, small enough for 200 steps on a software adapter. */
const tiny = defineModel({
  name: "tiny",
  inputShape: [2, 9, 9],
  layers: [
    layers.conv2d("conv1", { filters: 4, kernel: 3, groups: 2 }),
    layers.relu("relu1"),
    layers.lrn("norm1"),
    layers.maxPool("pool1", { window: 3, stride: 2 }),
    layers.conv2d("conv2", { filters: 4, kernel: 3, padding: 1 }),
    layers.sigmoid("sigmoid2"),
    layers.flatten("flatten"),
    layers.dense("fc3", { units: 3 }),
  ],
});

async function tensorsAfterEachStep(create: Create, steps: number): Promise<number[]> {
  const backend = await create();
  try {
    const training = trainingProgram(tiny, 1, paperSgd);
    const executable = await backend.compile(training.program);
    const shapes = Object.entries(training.program.variables);
    const variables = await backend.createVariables(
      Object.fromEntries(
        shapes.map(([name, shape]) => [
          name,
          { shape, data: uniform({ seed: 1, purpose: name }, sizeOf(shape)).map((draw) => 0.1 * (draw - 0.5)) },
        ]),
      ),
    );
    expect(shapes.map(([name]) => name)).toContain(slotOf("conv1.weight", "velocities"));
    const feed = {
      images: { shape: [1, 2, 9, 9], data: uniform({ seed: 1, purpose: "images" }, 162) },
      labels: tensor([1, 3], [1, 0, 0]),
      learningRate: tensor([], [0.01]),
    };
    const counts: number[] = [];
    for (let step = 0; step < steps; step++) {
      await executable.run(variables, [feed]);
      counts.push(backend.allocations?.() ?? Number.NaN);
    }
    return counts;
  } finally {
    await backend.dispose();
  }
}

describe("options that make no sense", () => {
  it("are refused", async () => {
    await expect(tfjsBackend({ device: "tpu" as "cpu" })).rejects.toThrow(/no device "tpu"\..* It has node-gpu, node/);
    await expect(tfjsBackend({ device: "wasm", threads: 0 })).rejects.toThrow(/from 1 to 1024; got 0/);
    await expect(tfjsBackend({ device: "cpu", threads: 2 })).rejects.toThrow(InvalidArgumentError);
  });
});

describe("packages that are missing", () => {
  const failing = (code: string) =>
    loadPackages("tfjs:cpu", ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-cpu"], async () =>
      Promise.reject(Object.assign(new Error("no glibc"), { code })),
    );

  it("are named with what to install, or with why they do not load", async () => {
    await expect(failing("ERR_MODULE_NOT_FOUND")).rejects.toThrow(
      'tfjs:cpu is not installed. Run "npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-cpu".',
    );
    await expect(failing("ERR_DLOPEN_FAILED")).rejects.toThrow(/does not load: no glibc/);
    await expect(failing("ERR_DLOPEN_FAILED")).rejects.toThrow(BackendUnavailableError);
  });
});

describe("a device with small buffers", () => {
  it("refuses a program by the name of the value that does not fit", () => {
    expect(() => checkTensorSizes(counting(), 4, "tfjs:webgpu")).toThrow(
      /tfjs:webgpu cannot hold "step" of "counting": \[2\] takes 8 bytes, and the device allows 4/,
    );
    expect(() => checkTensorSizes(counting(), 4, "tfjs:webgpu")).toThrow(UnsupportedOperationError);
    expect(() => checkTensorSizes(counting(), 8, "tfjs:webgpu")).not.toThrow();
  });
});
