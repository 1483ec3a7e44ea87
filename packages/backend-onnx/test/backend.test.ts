import {
  type Backend,
  BackendUnavailableError,
  inferenceProgram,
  initialParameters,
  lenet5,
  oneHot,
  plainSgd,
  type Shape,
  sizeOf,
  tensor,
  trainingProgram,
  zeros,
} from "@alexnet/core";
import { type Program, programBuilder } from "@alexnet/core/program";
import { uniform } from "@alexnet/core/random";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadEngine } from "../src/engine.js";
import { onnxBackend } from "../src/index.js";
import { lowerLoop } from "../src/lowering/lower-loop.js";

let backend: Backend;
beforeEach(async () => {
  backend = await onnxBackend({ threads: 1 });
});
afterEach(() => backend.dispose());

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

describe("the ONNX Runtime backend", () => {
  it("says what it is", () => {
    expect(backend.info).toMatchObject({ name: "onnx:cpu", engine: "onnxruntime-node", precision: "float32" });
    expect(backend.info.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(backend.info.details).toMatchObject({ threads: 1 });
  });

  it.each([
    ["training", trainingProgram(lenet5(), 2, plainSgd).program],
    ["inference", inferenceProgram(lenet5(), 2).program],
  ])("tells how long each operation of a step of %s takes, whoever computed it", async (_, program) => {
    const random = (shapes: Program["inputs"]) =>
      Object.fromEntries(
        Object.entries(shapes).map(([name, shape]) => [
          name,
          { shape, data: uniform({ seed: 1, purpose: "test", step: 0 }, sizeOf(shape)) },
        ]),
      );
    const executable = await backend.compile(program);
    const variables = await backend.createVariables(random(program.variables));
    const feed = random(program.inputs);
    const before = await variables.read();
    const times = (await executable.profile?.(variables, [feed, feed])) ?? [];
    expect(times.flatMap(({ values }) => values).toSorted()).toEqual(
      program.operations.map(({ output }) => output).toSorted(),
    );
    // A convolution has its bias added on the way, and its time shows under whatever name the engine gave the two.
    const convolution = times.find(({ values }) => values.includes("conv2"));
    expect(convolution?.values.length).toBeGreaterThan(1);
    expect(convolution?.seconds).toBeGreaterThan(0);
    expect(await variables.read()).toEqual(before);
  });

  it("has constants of any size in a program that changes variables", async () => {
    // Across so many channels the sums of a normalization are a matrix of 100 KB.
    const builder = programBuilder("normalizing");
    const shape = [1, 160, 1, 1];
    builder.variable("x", shape);
    const normalized = builder.apply("lrn", ["x"], { size: 5, k: 1, alpha: 1, beta: 1 });
    builder.assign("x", normalized);
    const executable = await backend.compile(builder.build());
    const variables = await backend.createVariables({ x: { shape, data: new Float32Array(160).fill(1) } });
    await executable.run(variables, [{}]);
    const { x } = await variables.read();
    expect([x?.data[0], x?.data[80], x?.data[159]]).toEqual([1 / 4, 1 / 6, 1 / 4].map(Math.fround));
  });

  it("carries variables from run to run, also when an output is a variable itself", async () => {
    const executable = await backend.compile(counting());
    const variables = await backend.createVariables({ counter: tensor([2], [10, 20]) });
    const step = tensor([2], [1, 2]);
    const first = await executable.run(variables, [{ step }, { step }, { step }]);
    expect(first.map(({ before }) => Array.from(before?.data ?? []))).toEqual([
      [10, 20],
      [11, 22],
      [12, 24],
    ]);
    const second = await executable.run(variables, [{ step }]);
    expect(Array.from(second[0]?.after?.data ?? [])).toEqual([14, 28]);
    expect(Array.from((await variables.read()).counter?.data ?? [])).toEqual([14, 28]);
    expect(await executable.run(variables, [])).toEqual([]);
  });

  it("lets NaN through a pooling in the middle of a call, and assigns what comes of each run", async () => {
    const builder = programBuilder("pooled");
    builder.input("image", [1, 1, 3, 3]);
    builder.variable("sum", [1, 1, 1, 1]);
    const settings = { window: [3, 3], stride: [1, 1], padding: [0, 0, 0, 0] } as const;
    builder.output(builder.apply("maxPool", ["image"], settings, "largest"), "largest");
    builder.assign("sum", builder.apply("add", ["sum", "largest"], {}, "next"));
    const executable = await backend.compile(builder.build());
    const variables = await backend.createVariables({ sum: zeros([1, 1, 1, 1]) });
    const image = (...values: number[]) => ({ image: tensor([1, 1, 3, 3], values) });
    const plain = image(1, 2, 3, 4, 5, 6, 7, 8, 9);
    // The mean of both infinities is no number, but the largest of them is.
    const infinite = image(1, Number.NEGATIVE_INFINITY, 3, 4, Number.POSITIVE_INFINITY, 6, 7, 8, 9);
    const strange = image(1, 2, 3, Number.NaN, 5, 6, 7, 8, 9);
    const run = async (...feeds: (typeof plain)[]) =>
      (await executable.run(variables, feeds)).map(({ largest }) => largest?.data[0]);
    expect(await run(plain, plain)).toEqual([9, 9]);
    expect((await variables.read()).sum?.data[0]).toBe(18);
    expect(await run(plain, infinite)).toEqual([9, Number.POSITIVE_INFINITY]);
    expect(await run(strange, plain)).toEqual([Number.NaN, 9]);
    expect((await variables.read()).sum?.data[0]).toBeNaN();
  });

  it("keeps one generation of the variables, and gives back the memory of what was before", async () => {
    const builder = programBuilder("large");
    const large = builder.variable("large", [4_000_000]);
    builder.assign(large, builder.apply("scale", [large], { factor: 2 }));
    const executable = await backend.compile(builder.build());
    const variables = await backend.createVariables({ large: zeros([4_000_000]) });
    const before = process.memoryUsage().arrayBuffers;
    for (let run = 0; run < 8; run++) await executable.run(variables, [{}]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  });

  it("keeps filters as the last run made them, and gives them out and to other programs in the program's order", async () => {
    const [imageShape, filterShape] = [
      [16, 64, 12, 12],
      [64, 64, 3, 3],
    ] as const;
    const attributes = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 } as const;
    const training = programBuilder("training");
    const images = training.input("images", imageShape);
    const filter = training.variable("filter", filterShape);
    const convolved = training.apply("conv2d", [images, filter], attributes);
    const gradient = training.apply("conv2dGradFilter", [images, convolved], { ...attributes, filterSize: [3, 3] });
    training.assign(filter, gradient);
    const program = training.build();
    expect(
      lowerLoop(program, { onNaN: "tell", convolution: "winograd", denseWeights: "float32" }).orders.get("filter"),
    ).toBe("taps");
    const looking = programBuilder("looking");
    looking.output(looking.variable("filter", filterShape), "filter");

    const values = (purpose: string, shape: Shape) => tensor(shape, uniform({ seed: 1, purpose }, sizeOf(shape)));
    const trained = async (maker: Backend): Promise<Float32Array> => {
      const variables = await maker.createVariables({ filter: values("filter", filterShape) });
      const [train, look] = [await maker.compile(program), await maker.compile(looking.build())];
      for (let run = 0; run < 2; run++) await train.run(variables, [{ images: values("images", imageShape) }]);
      const { filter: read } = await variables.read();
      expect((await look.run(variables, [{}]))[0]?.filter).toEqual(read);
      return read?.data as Float32Array;
    };
    const exact = await onnxBackend({ threads: 1, exact: true });
    const [found, wanted] = [await trained(backend), await trained(exact)];
    await exact.dispose();
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const worst = wanted.reduce((most, value, at) => Math.max(most, Math.abs(value - (found[at] as number))), 0);
    expect(worst / largest).toBeLessThan(1e-4);
  });

  it("refuses a run on variables that another run is changing", async () => {
    const executable = await backend.compile(counting());
    const variables = await backend.createVariables({ counter: tensor([2], [10, 20]) });
    const step = tensor([2], [1, 2]);
    const first = executable.run(variables, [{ step }]);
    await expect(executable.run(variables, [{ step }])).rejects.toThrow(/not over yet/);
    await first;
    const [{ before } = {}] = await executable.run(variables, [{ step }]);
    expect(Array.from(before?.data ?? [])).toEqual([11, 22]);
  });

  it("runs two programs over one set of variables", async () => {
    const variables = await backend.createVariables({ counter: tensor([2], [1, 1]), other: zeros([3]) });
    const one = await backend.compile(counting());
    const builder = programBuilder("doubling");
    builder.variable("counter", [2]);
    builder.assign("counter", builder.apply("scale", ["counter"], { factor: 2 }));
    const two = await backend.compile(builder.build());
    await one.run(variables, [{ step: tensor([2], [1, 1]) }]);
    await two.run(variables, [{}, {}]);
    expect(Array.from((await variables.read(["counter"])).counter?.data ?? [])).toEqual([8, 8]);
  });

  it("copies what it is given and what it gives back", async () => {
    const values = tensor([2], [1, 2]);
    const variables = await backend.createVariables({ counter: values });
    values.data[0] = 99;
    const read = await variables.read();
    (read.counter?.data as Float32Array)[1] = 99;
    expect(Array.from((await variables.read()).counter?.data ?? [])).toEqual([1, 2]);
  });

  it("names what is missing, misshapen or unknown before any work", async () => {
    const executable = await backend.compile(counting());
    const variables = await backend.createVariables({ counter: zeros([2]) });
    await expect(executable.run(variables, [{}])).rejects.toThrow(/input "step".*missing/);
    await expect(executable.run(variables, [{ step: zeros([3]) }])).rejects.toThrow(/"step".*\[2\].*\[3\]/);
    await expect(executable.run(variables, [{ step: zeros([2]), stp: zeros([2]) }])).rejects.toThrow(/no input "stp"/);
    const wrong = await backend.createVariables({ counter: zeros([4]) });
    await expect(executable.run(wrong, [{ step: zeros([2]) }])).rejects.toThrow(/variable "counter".*\[2\].*\[4\]/);
    await expect(variables.read(["nothing"])).rejects.toThrow(/no variable "nothing"/);
    const other = await onnxBackend();
    const foreign = await other.createVariables({ counter: zeros([2]) });
    await expect(executable.run(foreign, [{ step: zeros([2]) }])).rejects.toThrow(/another backend/);
    await other.dispose();
  });

  it("refuses use after dispose, and disposes twice without complaint", async () => {
    const executable = await backend.compile(counting());
    const variables = await backend.createVariables({ counter: zeros([2]) });
    await variables.dispose();
    await variables.dispose();
    await expect(variables.read()).rejects.toThrow(/disposed/);
    await expect(executable.run(variables, [{ step: zeros([2]) }])).rejects.toThrow(/disposed/);
    await executable.dispose();
    await executable.dispose();
    await backend.dispose();
    await backend.dispose();
    await expect(backend.compile(counting())).rejects.toThrow(/disposed/);
    await expect(backend.createVariables({})).rejects.toThrow(/disposed/);
  });

  it("refuses threads and devices that make no sense", async () => {
    await expect(onnxBackend({ threads: 0 })).rejects.toThrow(/threads must be a whole number from 1 to 1024; got 0/);
    await expect(onnxBackend({ device: "tpu" as "cpu" })).rejects.toThrow(/no device "tpu"/);
  });

  it("gives the same bits with the same threads, twice", async () => {
    const model = lenet5();
    const { program } = inferenceProgram(model, 3);
    const images = { shape: [3, 1, 28, 28], data: uniform({ seed: 1, purpose: "images" }, 3 * 784) };
    const executable = await backend.compile(program);
    const variables = await backend.createVariables(initialParameters(model, 0));
    const [one] = await executable.run(variables, [{ images }]);
    const [two] = await executable.run(variables, [{ images }]);
    expect(two).toEqual(one);
  });
});

describe("without a working onnxruntime-node", () => {
  const failing = (code: string) =>
    loadEngine(async () => Promise.reject(Object.assign(new Error("libgomp"), { code })));

  it("says what to install, or why what is installed does not load", async () => {
    await expect(failing("ERR_MODULE_NOT_FOUND")).rejects.toThrow(
      /not installed.*npm install --ignore-scripts onnxruntime-node/,
    );
    await expect(failing("ERR_DLOPEN_FAILED")).rejects.toThrow(/does not load: libgomp/);
    await expect(failing("ERR_DLOPEN_FAILED")).rejects.toThrow(BackendUnavailableError);
  });
});

describe("memory", () => {
  it("does not grow from step to step", async () => {
    const model = lenet5();
    const training = trainingProgram(model, 16, plainSgd);
    const executable = await backend.compile(training.program);
    const variables = await backend.createVariables(initialParameters(model, 0));
    const feed = Object.fromEntries(
      Object.entries(training.program.inputs).map(([name, shape]) => [
        name,
        { shape, data: uniform({ seed: 1, purpose: name }, sizeOf(shape)) },
      ]),
    );
    const step = { ...feed, labels: oneHot(new Int32Array(16), 10), learningRate: tensor([], [1e-6]) };
    const settle = async (runs: number): Promise<number> => {
      for (let run = 0; run < runs; run++) await executable.run(variables, [step]);
      return process.memoryUsage.rss();
    };
    const before = await settle(250);
    const steps = 1000;
    const after = await settle(steps);
    // The heap of JavaScript alone moves by some 7 MB. Of what a step makes, the images are 50 kB and the weights 247 kB.
    expect((after - before) / steps).toBeLessThan(16_000);
  });
});
