// The rate of a training that reads photographs, beside the same on images that are there already:
//
//   node drills/loading-rate.mjs <folder of pictures, in train/> [model] [batch size] [steps] [backend]
//
// In turn, several times, in one run; medians of the steps' images a second, from the second call of the engine on.
import { onnxBackend } from "@alexnet/backend-onnx";
import { fit, zoo } from "@alexnet/core";
import { imageDataset, openImages } from "@alexnet/data";

const [folder, name = "alexnet-2012", batch = "128", steps = "12", device = "cpu"] = process.argv.slice(2);
const batchSize = Number(batch);
const source = await openImages(folder, { split: "train", testShare: 0 });
const classes = source.classNames.length;
const model = zoo.find((entry) => entry.name === name).create({ classes, channels: 3 });
const [, size] = model.inputShape;
const how = {
  size: [size, size],
  channels: 3,
  resizeMode: "center-crop",
  shorterSide: 256,
  cropFrom: [256, 256],
  range: 255,
};

/** As many images of noise, the same batch each time. */
function synthetic() {
  const images = {
    shape: [batchSize, 3, size, size],
    data: Float32Array.from({ length: batchSize * 3 * size * size }, (_, at) => (at * 7) % 255),
  };
  const labels = Int32Array.from({ length: batchSize }, (_, index) => index % classes);
  return {
    name: "synthetic",
    length: source.labels.length,
    imageShape: model.inputShape,
    classNames: source.classNames,
    batch: async (indices) =>
      indices.length === batchSize
        ? { images, labels }
        : {
            images: {
              shape: [indices.length, 3, size, size],
              data: images.data.subarray(0, indices.length * 3 * size * size),
            },
            labels: labels.subarray(0, indices.length),
          },
  };
}

async function rateOn(training) {
  const backend = await onnxBackend({ device });
  const seconds = [];
  for await (const event of fit({
    model,
    backend,
    training,
    batchSize,
    epochs: 1000,
    maxSteps: Number(steps),
    schedule: { kind: "constant", learningRate: 1e-5 },
  })) {
    if (event.type === "step") seconds.push(event.seconds);
  }
  await backend.dispose();
  const later = seconds.slice(backend.info.preferredFeeds);
  return (batchSize * later.length) / later.reduce((sum, value) => sum + value, 0);
}

const contenders = { synthetic: async () => rateOn(synthetic()) };
for (const workers of [1, 2]) {
  contenders[`photographs, ${workers} worker${workers > 1 ? "s" : ""}`] = async () => {
    const dataset = imageDataset(source, { ...how, workers, augment: { seed: 1, mirror: true } });
    try {
      return await rateOn(dataset);
    } finally {
      await dataset.dispose();
    }
  };
}
const results = Object.fromEntries(Object.keys(contenders).map((key) => [key, []]));
for (let round = 0; round < 3; round++)
  for (const [key, run] of Object.entries(contenders)) results[key].push(await run());
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const base = median(results.synthetic);
for (const [key, rates] of Object.entries(results)) {
  console.log(`${median(rates).toFixed(1).padStart(7)} images/s  ${(median(rates) / base).toFixed(3)}  ${key}`);
}
