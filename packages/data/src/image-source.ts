import { DatasetError, formatShape } from "@alexnet/core";
import { describeValue, fieldsOf } from "@alexnet/core/support";

/** Labeled uint8 images of one size, all in memory. */
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

/**
 * The same source. Throws `DatasetError` when a part is missing or of another kind, pixels of floats among them, when the
 * sizes do not fit together, or a label is of no class.
 */
export function checkedSource(source: ImageSource): ImageSource {
  checkForm(source);
  const { name, classNames, height, width, channels, pixels, labels } = source;
  if (pixels.length !== labels.length * height * width * channels) {
    throw new DatasetError(
      `${name} has ${labels.length} labels, so its pixels should be ` +
        `${formatShape([labels.length, height, width, channels])}; there are ${pixels.length} values.`,
    );
  }
  const index = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classNames.length));
  if (index >= 0) {
    throw new DatasetError(
      `${name} labels image ${index} as class ${labels[index]}, but has only classes 0 to ${classNames.length - 1}.`,
    );
  }
  return source;
}

function checkForm(source: ImageSource): void {
  const { name, classNames, height, width, channels, pixels, labels } = fieldsOf(source);
  const isExtent = (value: unknown): boolean => typeof value === "number" && Number.isSafeInteger(value) && value > 0;
  const faults: readonly (readonly [boolean, string, unknown])[] = [
    [typeof name === "string", "a name", name],
    [
      Array.isArray(classNames) && classNames.every((text) => typeof text === "string"),
      "classNames, texts",
      classNames,
    ],
    [isExtent(height), "a height in pixels", height],
    [isExtent(width), "a width in pixels", width],
    [channels === 1 || channels === 3, "channels, 1 or 3", channels],
    [isBytes(pixels), "pixels in a Uint8Array, 0 to 255", pixels],
    [isBytes(labels), "labels in a Uint8Array, one class index an image", labels],
  ];
  const fault = faults.find(([right]) => !right);
  if (fault) {
    const whose = typeof name === "string" ? name : "An image source";
    throw new DatasetError(`${whose} must have ${fault[1]}; got ${describeValue(fault[2])}.`);
  }
}

/** By its tag, so that an array of another realm is as good; a `Buffer` is one too. */
function isBytes(value: unknown): boolean {
  return Object.prototype.toString.call(value) === "[object Uint8Array]";
}
