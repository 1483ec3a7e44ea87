/** What is taken from and then divides a pixel scaled to `[0, 1]`, one value per channel of the output. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Mean and standard deviation of ImageNet's RGB pixels scaled to `[0, 1]`, as torchvision's models expect them. */
export const imagenetNormalization: Normalization = Object.freeze({
  mean: Object.freeze([0.485, 0.456, 0.406]),
  std: Object.freeze([0.229, 0.224, 0.225]),
});

/** The float32 each of the 256 pixel values becomes, rounded after every step as torchvision's tensors are. */
export function normalizationTable(mean: number, std: number): Float32Array {
  const { fround } = Math;
  return Float32Array.from({ length: 256 }, (_, value) =>
    fround(fround(fround(value / 255) - fround(mean)) / fround(std)),
  );
}
