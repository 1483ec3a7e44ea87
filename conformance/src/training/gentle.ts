import { type Dataset, defineModel, layers, sizeOf } from "@alexnet/core";
import { uniform } from "@alexnet/core/random";

const { conv2d, tanh, lrn, avgPool, flatten, dense, dropout } = layers;

/**
 * A small network with everything that a training can lose on the way, normalization, groups, dropout, but without ReLU
 * and max-pooling: it decides nothing, so rounding errors stay small from step to step.
 */
export const gentleModel = defineModel({
  name: "gentle",
  inputShape: [1, 12, 12],
  layers: [
    conv2d("conv1", { filters: 6, kernel: 3 }),
    tanh("tanh1"),
    lrn("norm1", { size: 5, k: 1, alpha: 0.3, beta: 0.75 }),
    avgPool("pool1", { window: 2, stride: 2 }),
    conv2d("conv2", { filters: 8, kernel: 3, padding: 1, groups: 2 }),
    tanh("tanh2"),
    flatten("flatten"),
    dense("fc3", { units: 16 }),
    tanh("tanh3"),
    dropout("drop3"),
    dense("fc4", { units: 5 }),
  ],
});

/** Noise around a gradient whose direction is the class. */
export function gentleDataset(length: number, seed: number): Dataset {
  const [, height, width] = gentleModel.inputShape;
  const pixels = sizeOf(gentleModel.inputShape);
  return {
    name: "gradients",
    length,
    imageShape: gentleModel.inputShape,
    classNames: ["up", "right", "down", "left", "flat"],
    async batch(indices) {
      const list = Array.from(indices);
      const data = new Float32Array(list.length * pixels);
      const labels = Int32Array.from(list, (index) => index % 5);
      for (const [position, index] of list.entries()) {
        const noise = uniform({ seed, purpose: "gradients", step: index }, pixels);
        const angle = ((index % 5) * Math.PI) / 2;
        const slope = index % 5 === 4 ? 0 : 0.1;
        for (let pixel = 0; pixel < pixels; pixel++) {
          const y = Math.floor(pixel / width) - height / 2;
          const x = (pixel % width) - width / 2;
          data[position * pixels + pixel] = noise[pixel]! - 0.5 + slope * (x * Math.sin(angle) - y * Math.cos(angle));
        }
      }
      return { images: { shape: [list.length, ...gentleModel.inputShape], data }, labels };
    },
  };
}
