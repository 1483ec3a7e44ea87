import type { TensorMap } from "@alexnet/core";
import { optimize, type Program, programBuilder } from "@alexnet/core/program";
import { uniform } from "@alexnet/core/random";
import { expect, it } from "vitest";
import { referenceBackend } from "../src/index.js";

/** ReLU, max-pooling with overlapping, padded windows, and both gradients. */
function rectifiedAndPooled(): Program {
  const builder = programBuilder("rectified and pooled");
  const settings = { window: [3, 2], stride: [2, 1], padding: [1, 0, 1, 1] } as const;
  const rectified = builder.apply("relu", [builder.input("images", [3, 4, 9, 8])], {});
  const pooled = builder.apply("maxPool", [rectified], settings);
  const gradient = builder.input("gradient", builder.shape(pooled));
  builder.output(pooled, "pooled");
  builder.output(
    builder.apply("reluGrad", [rectified, builder.apply("maxPoolGrad", [rectified, pooled, gradient], settings)], {}),
    "gradient of images",
  );
  return builder.build();
}

async function results(program: Program): Promise<TensorMap> {
  const backend = referenceBackend();
  const draws = (name: string, size: number) => uniform({ seed: 1, purpose: name }, size);
  const feed = Object.fromEntries(
    Object.entries(program.inputs).map(([name, shape]) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      // Fifths, so that ties are many, and zeros and windows without anything positive as well.
      const values = draws(name, size).map((draw) => Math.floor(8 * draw - 5) / 5);
      if (name === "images") values[7] = Number.NaN;
      return [name, { shape, data: values }];
    }),
  );
  const executable = await backend.compile(program);
  const [outputs] = await executable.run(await backend.createVariables({}), [feed]);
  await backend.dispose();
  return outputs as TensorMap;
}

it("pooling before a ReLU instead of after it changes no bit", async () => {
  const program = rectifiedAndPooled();
  const swapped = optimize(program);
  expect(swapped.operations.map(({ kind }) => kind)).toEqual(["maxPool", "relu", "reluGrad", "maxPoolGrad"]);
  const [before, after] = [await results(program), await results(swapped)];
  expect(before["gradient of images"]?.data.some((value) => value !== 0)).toBe(true);
  for (const [name, { data }] of Object.entries(before)) {
    // A gradient of 0 may have either sign.
    expect(Array.from(after[name]?.data ?? [], (value) => value + 0)).toEqual(Array.from(data, (value) => value + 0));
  }
});
