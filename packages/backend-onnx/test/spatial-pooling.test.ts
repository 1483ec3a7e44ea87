import { referenceBackend } from "@alexnet/backend-reference";
import { type Shape, sizeOf } from "@alexnet/core";
import { type MaxPoolAttributes, type Program, programBuilder } from "@alexnet/core/program";
import { uniform } from "@alexnet/core/random";
import { describe, expect, it } from "vitest";
import { loadEngine } from "../src/engine.js";
import type { OnNaN } from "../src/lowering/context.js";
import { lowerOperations, nameOutputs } from "../src/lowering/lower-program.js";
import { inGraphNames } from "../src/lowering/names.js";
import { nameIn, shapeIn } from "../src/lowering/orders.js";
import { encodeModel } from "../src/onnx/encode.js";
import { graphBuilder } from "../src/onnx/graph.js";

const SHAPE: Shape = [3, 4, 9, 8];

/** A pooling and its gradient; the gradient alone, of a pooling somewhere else, if told so. */
function pooling(attributes: MaxPoolAttributes, elsewhere = false): Program {
  const builder = programBuilder("pooling");
  const images = builder.input("images", SHAPE);
  const pooled = builder.apply("maxPool", [images], attributes, "pooled");
  const gradient = builder.input("gradient", builder.shape(pooled));
  const other = elsewhere ? builder.input("other", builder.shape(pooled)) : pooled;
  if (!elsewhere) builder.output(pooled);
  builder.output(builder.apply("maxPoolGrad", [images, other, gradient], attributes, "spread"));
  const program = builder.build();
  const { operations } = program;
  return elsewhere ? { ...program, operations: operations.filter(({ kind }) => kind === "maxPoolGrad") } : program;
}

/** Quarters, so that ties are many and sums exact. */
function feedOf({ inputs }: Program): Record<string, { shape: Shape; data: Float32Array }> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => [
      name,
      {
        shape,
        data: Float32Array.from(uniform({ seed: 2, purpose: name }, sizeOf(shape)), (u) => Math.floor(9 * u - 5) / 4),
      },
    ]),
  );
}

type Feed = ReturnType<typeof feedOf>;

/** What the graph makes of images that are there in spatial order. */
async function inGraph(given: Program, feed: Feed, onNaN: OnNaN): Promise<Record<string, ArrayLike<number>>> {
  const program = inGraphNames(given);
  const graph = graphBuilder("spatial");
  const spatial = nameIn("images", "spatial");
  for (const [name, shape] of Object.entries(program.inputs)) {
    const [held, extents] = name === "images" ? [spatial, shapeIn(shape, "spatial")] : [name, shape];
    graph.input({ name: held, type: "float32", shape: extents });
  }
  lowerOperations(
    program,
    graph,
    { onNaN, convolution: "winograd", denseWeights: "float32" },
    new Map([["images", "spatial"]]),
  );
  nameOutputs(program, graph);
  const { InferenceSession, Tensor } = await loadEngine();
  const session = await InferenceSession.create(encodeModel(graph.build()));
  const tensors = Object.entries(feed).map(([name, { shape, data }]) => {
    if (name !== "images") return [name, new Tensor("float32", data, [...shape])];
    const [batch, channels, height, width] = shape as readonly [number, number, number, number];
    const exchanged = data.map((_, at) => {
      const [pixel, image] = [Math.floor(at / (batch * channels)), at % (batch * channels)];
      return data[image * height * width + pixel] as number;
    });
    return [spatial, new Tensor("float32", exchanged, [...shapeIn(shape, "spatial")])];
  });
  const fetched = await session.run(Object.fromEntries(tensors));
  await session.release();
  return Object.fromEntries(Object.entries(fetched).map(([name, value]) => [name, value.data as Float32Array]));
}

async function onReference(program: Program, feed: Feed): Promise<Record<string, ArrayLike<number>>> {
  const backend = referenceBackend();
  const executable = await backend.compile(program);
  const [outputs] = await executable.run(await backend.createVariables({}), [feed]);
  await backend.dispose();
  return Object.fromEntries(Object.entries(outputs ?? {}).map(([name, { data }]) => [`output/${name}`, data]));
}

const numbers = (values: ArrayLike<number> | undefined): number[] => Array.from(values ?? [], (value) => value + 0);

describe("max-pooling in spatial order", () => {
  const cases: readonly MaxPoolAttributes[] = [
    { window: [3, 3], stride: [2, 2], padding: [0, 0, 0, 0] },
    { window: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] },
    { window: [3, 2], stride: [1, 3], padding: [2, 0, 1, 1] },
    { window: [1, 4], stride: [2, 1], padding: [0, 3, 0, 2] },
    { window: [9, 8], stride: [1, 1], padding: [0, 0, 0, 0] },
  ];

  it.each(cases)("$window by $stride, padding $padding", async (attributes) => {
    for (const program of [pooling(attributes), pooling(attributes, true)]) {
      const feed = feedOf(program);
      const expected = await onReference(pooling(attributes), feedOf(pooling(attributes)));
      for (const onNaN of ["tell", "propagate"] as const) {
        const found = await inGraph(program, feed, onNaN);
        for (const [name, values] of Object.entries(found))
          expect(numbers(values), name).toEqual(numbers(expected[name]));
      }
    }
  });

  it("lets NaN through, wherever in the window it is", async () => {
    const program = pooling(cases[0] as MaxPoolAttributes);
    const feed = feedOf(program);
    for (const at of [0, 9, 18, 100]) (feed.images as Feed[string]).data[at] = Number.NaN;
    const expected = (await onReference(program, feed))["output/pooled"];
    expect(numbers(expected).filter(Number.isNaN).length).toBeGreaterThan(3);
    expect(numbers((await inGraph(program, feed, "propagate"))["output/pooled"])).toEqual(numbers(expected));
  });
});
