import { gradientProgram, type Tensor } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { goldenFeed, goldenParameters } from "../src/golden/inputs.js";
import { goldenModels } from "../src/golden/models.js";
import { readGolden } from "../src/golden/read.js";

/** What `golden/generate.py` calls a sample: elements at even steps through the tensor. */
function sampled({ data }: Tensor, count: number): readonly number[] {
  const least = Math.min(count, data.length);
  return Array.from({ length: least }, (_, index) => data[Math.floor((index * data.length) / least)] as number);
}

describe.each(Object.keys(goldenModels))("the golden of %s", (name) => {
  it("was computed from the bits that are fed here: weights, images, labels, dropout masks", async () => {
    const model = (goldenModels[name] as () => ReturnType<(typeof goldenModels)[string]>)();
    const { tensors, metadata } = await readGolden(name);
    const [seed, batch] = [Number(metadata.seed), Number(metadata.batch)];
    const program = gradientProgram(model, batch);
    const feed = goldenFeed(model, program, seed);
    const golden = (what: string): readonly number[] => Array.from(tensors[what]?.data ?? []);
    expect(sampled(feed.images as Tensor, 8)).toEqual(golden("images.sample"));
    const labels = golden("labels").flatMap((label) =>
      Array.from({ length: model.classes }, (_, index) => Number(index === label)),
    );
    expect(Array.from(feed.labels?.data ?? [])).toEqual(labels);
    for (const { layer, input } of program.masks) {
      expect(sampled(feed[input] as Tensor, 64), layer).toEqual(golden(`mask.${layer}.sample`));
    }
    for (const [parameter, value] of Object.entries(goldenParameters(model, program.parameters, seed))) {
      expect(sampled(value, 8), parameter).toEqual(golden(`param.${parameter}.sample`));
    }
    expect(program.parameters.length).toBeGreaterThan(8);
  });
});
