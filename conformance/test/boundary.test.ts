import {
  type Backend,
  type Batch,
  type Dataset,
  evaluate,
  fit,
  initialParameters,
  lenet5,
  predict,
} from "@alexnet/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backends } from "./backends.js";
import { smallDataset } from "./small-dataset.js";

const model = lenet5();
const parameters = initialParameters(model, 5);

/** A dataset that gives something else than it should. */
function giving(change: (batch: Batch) => unknown): Dataset {
  const dataset = smallDataset(16);
  return { ...dataset, batch: async (indices) => change(await dataset.batch(indices)) as Batch };
}

const labeled = (label: number, labels = new Float32Array(8)) =>
  giving((batch) => ({ ...batch, labels: labels.fill(label, 3, 4) }));

const strange: readonly (readonly [string, Dataset, string, string])[] = [
  ["a label of NaN", labeled(Number.NaN), "DATASET", "labels image 3 of a batch NaN; with 10 classes"],
  ["a label of 2.5", labeled(2.5), "DATASET", "labels image 3 of a batch 2.5"],
  ["a label out of range", labeled(10), "DATASET", "labels image 3 of a batch 10"],
  ["a negative label", labeled(-1), "DATASET", "labels image 3 of a batch -1"],
  ["7 labels for 8 images", labeled(0, new Float32Array(7)), "DATASET", "gives 7 labels for 8 images."],
  ["one-hot labels", labeled(0, new Float32Array(80)), "DATASET", "These look like one-hot labels"],
  ["no labels", giving(({ images }) => ({ images })), "DATASET", "gives undefined for labels"],
  ["no batch", giving(() => undefined), "DATASET", "gives undefined for a batch"],
  [
    "a batch one value short",
    giving(({ images, labels }) => ({ labels, images: { ...images, data: images.data.subarray(1) } })),
    "SHAPE",
    "holds 6272 values; got 6271.",
  ],
  [
    "images of another shape",
    giving(({ images, labels }) => ({ labels, images: { ...images, shape: [8, 28, 28] } })),
    "SHAPE",
    "gives images of shape [8, 28, 28] where [8, 1, 28, 28] were asked for.",
  ],
  [
    "images of bytes",
    giving(({ images, labels }) => ({ labels, images: { ...images, data: Uint8Array.from(images.data) } })),
    "INVALID_ARGUMENT",
    "must hold its values in a Float32Array or Float64Array; got a Uint8Array.",
  ],
];

describe.each(backends)("data that is not what it should be, on $name", ({ create }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await create();
  });
  afterAll(() => backend.dispose());

  it.each(strange)(
    "%s ends a training and an evaluation before the backend sees it",
    async (_, dataset, code, message) => {
      const error = { code, message: expect.stringContaining(message) };
      const training = async () => {
        for await (const _ of fit({ model, backend, training: dataset, epochs: 1, batchSize: 8 }));
      };
      await expect(training()).rejects.toMatchObject(error);
      await expect(evaluate({ model, backend, parameters, dataset, batchSize: 8 })).rejects.toMatchObject(error);
    },
  );

  it("labels in any array of numbers are as good as in an Int32Array", async () => {
    const { top1 } = await evaluate({ model, backend, parameters, dataset: smallDataset(16) });
    const forms = [
      (labels: Int32Array) => Array.from(labels),
      (labels: Int32Array) => Uint8Array.from(labels),
      (labels: Int32Array) => Float64Array.from(labels),
    ];
    for (const form of forms) {
      const dataset = giving(({ images, labels }) => ({ images, labels: form(labels) }));
      expect((await evaluate({ model, backend, parameters, dataset })).top1).toBe(top1);
    }
  });

  it("predict and parameters are checked likewise", async () => {
    const { images } = await smallDataset(4).batch([0, 1]);
    const short = { ...images, data: images.data.subarray(1) };
    await expect(predict({ model, backend, parameters, images: short })).rejects.toMatchObject({ code: "SHAPE" });
    const cut = { ...parameters, "fc5.bias": { shape: [10], data: new Float32Array(9) } };
    await expect(predict({ model, backend, parameters: cut, images })).rejects.toMatchObject({
      code: "SHAPE",
      message: 'The parameter "fc5.bias" of shape [10] holds 10 values; got 9.',
    });
    const none = { shape: [0, 1, 28, 28], data: new Float32Array(0) };
    await expect(predict({ model, backend, parameters, images: none })).rejects.toThrow(/N of at least 1/);
    const misspelt = { model, backend, parameters, images, batchsize: 3 };
    await expect(predict(misspelt)).rejects.toThrow(/predict has no option "batchsize". Did you mean "batchSize"\?/);
  });

  it.each([
    [{ name: 3 }, "A dataset has name, a text; got 3."],
    [{ classNames: undefined }, "A dataset has classNames, texts; got undefined."],
    [{ batch: undefined }, "A dataset has batch(indices), a function; got undefined."],
    [{ length: 2.5 }, "A dataset has length, a whole number; got 2.5."],
  ])("a dataset with %j is refused", async (wrong, message) => {
    const dataset = { ...smallDataset(16), ...wrong } as Dataset;
    await expect(evaluate({ model, backend, parameters, dataset })).rejects.toMatchObject({ code: "DATASET", message });
  });
});
