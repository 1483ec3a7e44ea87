import { type Matrix, type OperationKernel, rows, type Thread, type Vector } from "./kernel.js";

interface Constants {
  readonly epsilon: number;
  readonly rate: number;
}

function update(
  this: Thread<Constants>,
  weight: Matrix,
  mean: Matrix,
  variance: Matrix,
  stepSize: Vector,
  rootCorrection: Vector,
): number {
  const root = Math.sqrt(variance[this.thread.y]![this.thread.x]!) * rootCorrection[0]!;
  const step = this.constants.rate * stepSize[0]! * mean[this.thread.y]![this.thread.x]!;
  return weight[this.thread.y]![this.thread.x]! - step / (root + this.constants.epsilon);
}

export const adamUpdate: OperationKernel<"adamUpdate"> = (
  run,
  [weight, mean, variance, stepSize, rootCorrection],
  { attributes, shape },
) => {
  const extents = rows(shape);
  return run(update, { output: extents, floats: { ...attributes } }, [
    [weight, extents],
    [mean, extents],
    [variance, extents],
    [stepSize, [1]],
    [rootCorrection, [1]],
  ]);
};
