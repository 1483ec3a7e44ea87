import { type Backend, type Dataset, evaluate, initialParameters, lenet5, predict, zeros } from "@alexnet/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backends } from "./backends.js";
import { smallDataset } from "./small-dataset.js";

describe.each(backends)("on $name", ({ create }) => {
  const model = lenet5();
  const parameters = initialParameters(model, 5);
  const dataset = smallDataset(23);
  let backend: Backend;
  beforeAll(async () => {
    backend = await create();
  });
  afterAll(() => backend.dispose());

  it("evaluate gives the same whatever the batch size, counts every example once and reports progress", async () => {
    const progress: number[] = [];
    const whole = await evaluate({ model, backend, parameters, dataset, batchSize: 23 });
    const parts = await evaluate({
      model,
      backend,
      parameters,
      dataset,
      batchSize: 10,
      onProgress: (done) => progress.push(done),
    });
    expect(progress).toEqual([8, 16, 23]);
    expect(parts.loss).toBeCloseTo(whole.loss, 5);
    expect([parts.top1, parts.top5, parts.confusion]).toEqual([whole.top1, whole.top5, whole.confusion]);
    expect(whole.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(23);
    expect(whole.confusion.map((row) => row.reduce((sum, count) => sum + count, 0))).toEqual([
      3, 3, 3, 2, 2, 2, 2, 2, 2, 2,
    ]);
    const right = whole.confusion.reduce((sum, row, label) => sum + (row[label] as number), 0);
    expect(whole.top1).toBeCloseTo(right / 23, 12);
    expect(whole.top5).toBeGreaterThanOrEqual(whole.top1);
  });

  it("predict agrees with evaluate and gives probabilities that add up to 1", async () => {
    const { images, labels } = await dataset.batch(Uint32Array.from({ length: 23 }, (_, index) => index));
    const { probabilities, logits } = await predict({ model, backend, parameters, images, batchSize: 7 });
    expect([probabilities.shape, logits.shape]).toEqual([
      [23, 10],
      [23, 10],
    ]);
    let loss = 0;
    for (let example = 0; example < 23; example++) {
      const row = probabilities.data.subarray(example * 10, example * 10 + 10);
      expect(Array.from(row).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      loss -= Math.log(row[labels[example] as number] as number) / 23;
    }
    expect((await evaluate({ model, backend, parameters, dataset })).loss).toBeCloseTo(loss, 5);
  });

  it("evaluate averages the probabilities of several looks at an image and of several trainings", async () => {
    // 24 examples are 8 images of 3 looks each; a look has the label of the first.
    const looks = smallDataset(24);
    const views: Dataset = {
      ...looks,
      async batch(indices) {
        const { images } = await looks.batch(indices);
        return { images, labels: Int32Array.from(indices, (index) => Math.floor(index / 3)) };
      },
    };
    const ensemble = [initialParameters(model, 6), initialParameters(model, 7)];
    const { images } = await looks.batch(Uint32Array.from({ length: 24 }, (_, index) => index));
    const all: number[][] = [];
    for (const set of [parameters, ...ensemble]) {
      const { probabilities } = await predict({ model, backend, parameters: set, images });
      all.push(Array.from(probabilities.data));
    }
    let [loss, right] = [0, 0];
    for (let image = 0; image < 8; image++) {
      const mean = Array.from({ length: 10 }, (_, index) => {
        const shares = all.flatMap((data) => [0, 1, 2].map((look) => data[(image * 3 + look) * 10 + index]!));
        return shares.reduce((sum, share) => sum + share, 0) / shares.length;
      });
      loss -= Math.log(mean[image]!) / 8;
      if (mean.indexOf(Math.max(...mean)) === image) right++;
    }
    const progress: number[] = [];
    const onProgress = (done: number): unknown => progress.push(done);
    for (const batchSize of [7, 128]) {
      const found = await evaluate({
        model,
        backend,
        parameters,
        ensemble,
        dataset: views,
        views: 3,
        batchSize,
        onProgress,
      });
      expect(found.examples).toBe(8);
      expect(found.loss).toBeCloseTo(loss, 5);
      expect(found.top1).toBeCloseTo(right / 8, 12);
      expect(found.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(8);
    }
    expect(progress).toEqual([2, 4, 6, 8, 8]);
    await expect(evaluate({ model, backend, parameters, dataset: views, views: 5 })).rejects.toThrow(
      "views must be a whole number of at least 1 that divides the 24 examples; got 5.",
    );
    await expect(evaluate({ model, backend, parameters, ensemble: [{}], dataset: views })).rejects.toThrow(
      /lack "conv1/,
    );
  });

  it("refuses weights and images of another model, naming both", async () => {
    const { "fc5.bias": _, ...rest } = parameters;
    await expect(evaluate({ model, backend, parameters: rest, dataset })).rejects.toThrow(
      /lack "fc5.bias" \[10\].*"lenet5"/,
    );
    await expect(
      evaluate({ model, backend, parameters: { ...parameters, "fc5.bias": zeros([7]) }, dataset }),
    ).rejects.toThrow(/\[7\].*\[10\]/);
    await expect(
      evaluate({ model, backend, parameters: { ...parameters, extra: zeros([1]) }, dataset }),
    ).rejects.toThrow(/"extra"/);
    await expect(predict({ model, backend, parameters, images: zeros([2, 1, 30, 28]) })).rejects.toThrow(
      /\[N, 1, 28, 28\].*got \[2, 1, 30, 28\]/,
    );
  });

  it("refuses answers that are not finite, which comparisons would take for right or wrong", async () => {
    const huge = { ...parameters, "fc5.weight": { shape: [10, 84], data: new Float32Array(840).fill(3e38) } };
    const images = (await dataset.batch([0, 1])).images;
    const refused = { code: "NON_FINITE_OUTPUT", message: expect.stringMatching(/"lenet5" answers (NaN|-?Infinity)/) };
    if (backend.info.precision === "float64") return; // 84 · 3e38 is a number there.
    await expect(evaluate({ model, backend, parameters: huge, dataset })).rejects.toMatchObject(refused);
    await expect(predict({ model, backend, parameters: huge, images })).rejects.toMatchObject(refused);
  });

  it("stops when aborted", async () => {
    const controller = new AbortController();
    const aborted = evaluate({
      model,
      backend,
      parameters,
      dataset,
      batchSize: 5,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(aborted).rejects.toThrow(/abort/i);
  });
});
