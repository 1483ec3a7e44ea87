import type { Dataset } from "@alexnet/core";
import { uniform } from "@alexnet/core/random";

/** Noisy images with a bright band at a place that depends on the class: learnt in a few steps, kept in memory. */
export function smallDataset(length: number, seed = 1): Dataset {
  const pixels = 28 * 28;
  return {
    name: "bands",
    length,
    imageShape: [1, 28, 28],
    classNames: Array.from({ length: 10 }, (_, index) => `band ${index}`),
    async batch(indices) {
      const list = Array.from(indices);
      const data = new Float32Array(list.length * pixels);
      const labels = Int32Array.from(list, (index) => index % 10);
      for (const [position, index] of list.entries()) {
        const noise = uniform({ seed, purpose: "bands", step: index }, pixels);
        const first = 28 * (4 + 2 * (index % 10));
        for (let pixel = 0; pixel < pixels; pixel++) {
          const lit = pixel >= first && pixel < first + 56;
          data[position * pixels + pixel] = (noise[pixel] as number) * 0.5 + (lit ? 1 : 0);
        }
      }
      return { images: { shape: [list.length, 1, 28, 28], data }, labels };
    },
  };
}
