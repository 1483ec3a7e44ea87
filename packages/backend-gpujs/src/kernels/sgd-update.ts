import { type Matrix, type OperationKernel, rows, type Thread, type Vector } from "./kernel.js";

interface Constants {
  readonly momentum: number;
  readonly weightDecay: number;
  readonly rate: number;
}

function update(this: Thread<Constants>, target: Matrix, weight: Matrix, gradient: Matrix): number {
  const slope =
    gradient[this.thread.y]![this.thread.x]! + this.constants.weightDecay * weight[this.thread.y]![this.thread.x]!;
  return this.constants.momentum * target[this.thread.y]![this.thread.x]! - this.constants.rate * slope;
}

function updateAtRate(
  this: Thread<Constants>,
  target: Matrix,
  weight: Matrix,
  gradient: Matrix,
  learningRate: Vector,
): number {
  const slope =
    gradient[this.thread.y]![this.thread.x]! + this.constants.weightDecay * weight[this.thread.y]![this.thread.x]!;
  const step = this.constants.rate * learningRate[0]!;
  return this.constants.momentum * target[this.thread.y]![this.thread.x]! - step * slope;
}

export const sgdUpdate: OperationKernel<"sgdUpdate"> = (
  run,
  [target, weight, gradient, learningRate],
  { attributes, shape },
) => {
  const extents = rows(shape);
  const launch = { output: extents, floats: { ...attributes } };
  const state = [
    [target, extents],
    [weight, extents],
    [gradient, extents],
  ] as const;
  return learningRate ? run(updateAtRate, launch, [...state, [learningRate, [1]]]) : run(update, launch, state);
};
