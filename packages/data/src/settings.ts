import type { Augmentation } from "@alexnet/core";
import { defined } from "@alexnet/core/support";
import { bytesOf, digestOf } from "./digest.js";
import type { Preparing } from "./pixels/preparer.js";

/** What decides the examples of a dataset, as `Dataset.settings` has it; a mean image by its digest. */
export function settingsOf(
  { to, geometry, normalization }: Preparing,
  others: {
    /** Their digest. */
    readonly pictures: string | undefined;
    readonly mostPixels: number | undefined;
    readonly augment: Augmentation | undefined;
    readonly shuffleBuffer: number | undefined;
  },
): Readonly<Record<string, unknown>> {
  const { pictures, mostPixels, augment, shuffleBuffer } = others;
  const { resizeMode, shorterSide, whole } = geometry;
  const { range, reversed, mean, meanImage, std } = normalization;
  return {
    ...defined({ pictures, mostPixels }),
    size: [to.height, to.width],
    resizing: { resizeMode, ...(resizeMode === "center-crop" && { shorterSide }), whole },
    normalization: { range, reversed, ...(meanImage ? { meanImage: digestOf(bytesOf(meanImage)) } : { mean }), std },
    ...(augment && { augmentation: inOrder(augment) }),
    ...defined({ shuffleBuffer }),
  };
}

/** The same whatever order its parts were written in: settings are compared as JSON. */
function inOrder({ seed, resizedCrop, mirror, colorNoise }: Augmentation): unknown {
  return {
    seed,
    ...(resizedCrop && { resizedCrop: { scale: resizedCrop.scale, ratio: resizedCrop.ratio } }),
    mirror: mirror === true,
    ...(colorNoise && {
      colorNoise: {
        deviation: colorNoise.deviation,
        eigenvalues: colorNoise.components.eigenvalues,
        eigenvectors: colorNoise.components.eigenvectors,
      },
    }),
  };
}
