import type { ReferenceKernel } from "./kernel.js";

export const adamUpdate: ReferenceKernel<"adamUpdate"> = (
  [weight, mean, variance, [stepSize = Number.NaN], [rootCorrection = Number.NaN]],
  { attributes: { epsilon, rate } },
) =>
  weight.map((value, index) => {
    const root = Math.sqrt(variance[index]!) * rootCorrection;
    return value - (rate * stepSize * mean[index]!) / (root + epsilon);
  });
