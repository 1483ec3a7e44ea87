import {
  type Backend,
  defineModel,
  gradientProgram,
  layers,
  type Shape,
  sizeOf,
  type Tensor,
  type TensorMap,
} from "@alexnet/core";
import { type ConvolutionAttributes, type Program, programBuilder } from "@alexnet/core/program";
import { normal } from "@alexnet/core/random";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onnxBackend } from "../src/index.js";
import { lowerProgram } from "../src/lowering/lower-program.js";

/** Largest error over the largest value, in float32, of eight points an axis (measured: 2.1e-5); direct sums have 3e-7. */
const TOLERANCE = 3e-5;

interface Case {
  readonly input: Shape;
  readonly filter: Shape;
  readonly padding?: ConvolutionAttributes["padding"];
  readonly groups?: number;
  /** How many of the three are left to sums of products; none unless told otherwise. */
  readonly direct?: number;
}

/** Large enough for Winograd's algorithm to be the cheaper one. */
const cases: Readonly<Record<string, Case>> = {
  "3x3": { input: [8, 128, 12, 12], filter: [128, 128, 3, 3], padding: [1, 1, 1, 1] },
  "5x5 in more than one part": { input: [40, 96, 26, 26], filter: [256, 96, 5, 5], padding: [2, 2, 2, 2] },
  "3x3 in groups": { input: [32, 256, 13, 13], filter: [256, 128, 3, 3], padding: [1, 1, 1, 1], groups: 2 },
  "4x5, padded unevenly": { input: [8, 128, 14, 11], filter: [128, 128, 4, 5], padding: [2, 0, 1, 3] },
  "3x3 without padding, that does not divide": { input: [32, 128, 15, 10], filter: [160, 128, 3, 3] },
  "3x3, padded by more than it reaches": {
    input: [8, 128, 9, 9],
    filter: [128, 128, 3, 3],
    padding: [4, 4, 4, 4],
    direct: 1,
  },
};

/** The convolution and both its gradients. */
function programOf({ input, filter, padding = [0, 0, 0, 0], groups = 1 }: Case): Program {
  const attributes: ConvolutionAttributes = { stride: [1, 1], dilation: [1, 1], padding, groups };
  const builder = programBuilder("convolution");
  builder.input("image", input);
  builder.variable("filter", filter);
  builder.variable("bias", [filter[0] as number]);
  const output = builder.apply("addBias", [builder.apply("conv2d", ["image", "filter"], attributes), "bias"], {});
  builder.output(output, "output");
  builder.input("gradient", builder.shape(output));
  const [inputSize, filterSize] = [input, filter].map((shape) => shape.slice(2) as [number, number]);
  const inputGradient = { ...attributes, inputSize: inputSize as [number, number] };
  const filterGradient = { ...attributes, filterSize: filterSize as [number, number] };
  builder.output(builder.apply("conv2dGradInput", ["gradient", "filter"], inputGradient), "inputGradient");
  builder.output(builder.apply("conv2dGradFilter", ["image", "gradient"], filterGradient), "filterGradient");
  return builder.build();
}

function values(shapes: Readonly<Record<string, Shape>>): TensorMap {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]): [string, Tensor] => [
      name,
      { shape, data: normal({ seed: 3, purpose: name }, 2 * Math.ceil(sizeOf(shape) / 2)).subarray(0, sizeOf(shape)) },
    ]),
  );
}

async function outputsOf(backend: Backend, program: Program): Promise<TensorMap> {
  const executable = await backend.compile(program);
  const variables = await backend.createVariables(values(program.variables));
  const [outputs] = await executable.run(variables, [values(program.inputs)]);
  await variables.dispose();
  await executable.dispose();
  return outputs as TensorMap;
}

/** The largest error over the largest value. */
function errorOf({ data: found }: Tensor, expected: Tensor["data"]): number {
  let [error, largest] = [0, 0];
  for (const [at, value] of expected.entries()) {
    largest = Math.max(largest, Math.abs(value));
    error = Math.max(error, Math.abs(value - (found[at] as number)));
  }
  return error / largest;
}

describe("convolutions by Winograd's algorithm", () => {
  let winograd: Backend;
  let sums: Backend; // Which the conformance suite holds to float64.
  beforeAll(async () => {
    [winograd, sums] = [await onnxBackend(), await onnxBackend({ exact: true })];
  });
  afterAll(async () => {
    await winograd.dispose();
    await sums.dispose();
  });

  it.each(Object.entries(cases))("%s", async (_, given) => {
    const program = programOf(given);
    const graph = lowerProgram(program, { onNaN: "tell", convolution: "winograd", denseWeights: "float32" });
    const operators = graph.nodes.map(({ operator }) => operator);
    // A gradient of filters by sums of products is the only one to make use of Gemm.
    const direct = operators.filter((operator) => operator === "Gemm" || operator.startsWith("Conv"));
    expect(direct).toHaveLength(given.direct ?? 0);
    const [found, expected] = [await outputsOf(winograd, program), await outputsOf(sums, program)];
    for (const [name, { data, shape }] of Object.entries(expected)) {
      const result = found[name] as Tensor;
      expect(result.shape).toEqual(shape);
      expect(errorOf(result, data), name).toBeLessThan(TOLERANCE);
    }
  });

  it("keep their order through everything between them, and give the gradients of sums of products", async () => {
    const { conv2d, dense, flatten, lrn, maxPool, relu } = layers;
    const same = { kernel: 3, padding: 1 } as const;
    const model = defineModel({
      name: "between",
      inputShape: [96, 12, 12],
      layers: [
        conv2d("conv1", { filters: 192, ...same }),
        relu("relu1"),
        lrn("norm1", { groups: 2 }),
        conv2d("conv2", { filters: 192, groups: 2, ...same }),
        relu("relu2"),
        maxPool("pool2", { window: 3, stride: 2 }),
        flatten("flatten"),
        dense("classes", { units: 10 }),
      ],
    });
    const { program } = gradientProgram(model, 16);
    const graph = lowerProgram(program, { onNaN: "tell", convolution: "winograd", denseWeights: "float32" });
    const operators = graph.nodes.map(({ operator }) => operator);
    expect(operators.filter((operator) => /^(Conv|MaxPool)/.test(operator))).toEqual([]);
    expect(operators).toContain("GatherElements");
    const [found, expected] = [await outputsOf(winograd, program), await outputsOf(sums, program)];
    for (const [name, { data }] of Object.entries(expected)) {
      const other = (found[name] as Tensor).data;
      let [error, whole] = [0, 0];
      for (const [at, value] of data.entries()) {
        error += (value - (other[at] as number)) ** 2;
        whole += value ** 2;
      }
      // Where two pixels are closer than the errors are, another one may be the largest.
      expect(Math.sqrt(error / whole), name).toBeLessThan(1e-3);
    }
  });

  it("are understood by operations that expect images and get filters", async () => {
    const builder = programBuilder("filters");
    const attributes = { stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1], groups: 1 } as const;
    const images = [builder.input("image", [12, 128, 8, 8]), builder.input("gradient", [12, 128, 8, 8])] as const;
    const filters = builder.apply("conv2dGradFilter", images, { ...attributes, filterSize: [3, 3] });
    builder.output(builder.apply("biasGrad", [filters], {}), "sums");
    builder.output(builder.apply("lrn", [filters], { size: 5, k: 2, alpha: 1e-4, beta: 0.75 }), "normalized");
    const program = builder.build();
    const [found, expected] = [await outputsOf(winograd, program), await outputsOf(sums, program)];
    for (const [name, { data }] of Object.entries(expected)) {
      expect(errorOf(found[name] as Tensor, data), name).toBeLessThan(TOLERANCE);
    }
  });

  it("leave what is no number in its image", async () => {
    const program = programOf(cases["3x3"] as Case);
    const executable = await winograd.compile(program);
    const variables = await winograd.createVariables(values(program.variables));
    const feed = values(program.inputs);
    const { shape, data } = feed.image as Tensor;
    const spoiled = Float32Array.from(data);
    spoiled[5] = Number.NaN;
    const [outputs] = await executable.run(variables, [{ ...feed, image: { shape, data: spoiled } }]);
    const { data: found } = (outputs as TensorMap).output as Tensor;
    const image = found.length / (shape[0] as number);
    expect(found.subarray(0, image).every(Number.isNaN)).toBe(true);
    expect(found.subarray(image).some(Number.isNaN)).toBe(false);
    await variables.dispose();
    await executable.dispose();
  });

  it.each([
    ["small ones", { input: [1, 3, 8, 8], filter: [4, 3, 3, 3] }],
    ["a single image of few channels", { input: [1, 16, 12, 12], filter: [16, 16, 3, 3] }],
  ] as const)("are not made of %s", (_, given) => {
    const { nodes } = lowerProgram(programOf(given), {
      onNaN: "tell",
      convolution: "winograd",
      denseWeights: "float32",
    });
    expect(nodes.map(({ operator }) => operator)).not.toContain("MatMul");
  });
});
