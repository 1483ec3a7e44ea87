import type { Preprocessing } from "@alexnet/core";

/** How pictures are prepared, in one line. */
export function describePreprocessing({
  resizeMode,
  range = 1,
  channelOrder = "rgb",
  mean,
  meanImage,
  std,
}: Preprocessing): string {
  const list = (values: readonly number[]): string => values.map((value) => Number(value.toPrecision(6))).join(", ");
  return [
    resizeMode === "center-crop" ? "shorter side resized, middle cropped" : "resized as a whole",
    `pixels 0 to ${range}, ${channelOrder.toUpperCase()}`,
    meanImage ? "mean image taken off" : mean === undefined ? "no mean taken off" : `mean ${list(mean)} taken off`,
    std === undefined ? "not divided" : `divided by ${list(std)}`,
  ].join("; ");
}
