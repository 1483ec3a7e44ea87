import { DatasetError, formatShape } from "@alexnet/core";

/** Labelled uint8 images of one size, all in memory. */
export interface ImageSource {
  readonly name: string;
  /** Name of each class, in index order. */
  readonly classNames: readonly string[];
  readonly height: number;
  readonly width: number;
  /** 1 for gray, 3 for RGB. */
  readonly channels: 1 | 3;
  /** `[N, H, W, C]`, row-major. In shared memory, workers read them in place; else they are copied once. */
  readonly pixels: Uint8Array;
  /** Class index of each image, `[N]`. */
  readonly labels: Uint8Array;
}

/** The same source. Throws `DatasetError` when the sizes do not fit together, or a label is of no class. */
export function checkedSource(source: ImageSource): ImageSource {
  const { name, classNames, height, width, channels, pixels, labels } = source;
  if (pixels.length !== labels.length * height * width * channels) {
    throw new DatasetError(
      `${name} has ${labels.length} labels, so its pixels should be ` +
        `${formatShape([labels.length, height, width, channels])}; there are ${pixels.length} values.`,
    );
  }
  const index = labels.findIndex((label) => label >= classNames.length);
  if (index >= 0) {
    throw new DatasetError(
      `${name} labels image ${index} as class ${labels[index]}, but has only classes 0 to ${classNames.length - 1}.`,
    );
  }
  return source;
}
