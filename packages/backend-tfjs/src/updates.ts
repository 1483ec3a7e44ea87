import { type Primitives, withTemporaries } from "./primitives.js";

/** What updates are put together from; a scalar goes with every shape. */
export interface UpdateParts<Handle> {
  add(a: Handle, b: Handle): Handle;
  subtract(a: Handle, b: Handle): Handle;
  multiply(a: Handle, b: Handle): Handle;
  divide(a: Handle, b: Handle): Handle;
  squareRoot(input: Handle): Handle;
  scale(input: Handle, factor: number): Handle;
  scalar(value: number): Handle;
  free(handle: Handle): void;
}

/** The updates of weights in an engine's arithmetic. */
export function updates<Handle>(parts: UpdateParts<Handle>): Pick<Primitives<Handle>, "sgdUpdate" | "adamUpdate"> {
  const { add, subtract, multiply, divide, squareRoot, scale, scalar, free } = parts;
  return {
    sgdUpdate: (target, weight, gradient, learningRate, { momentum, weightDecay, rate }) =>
      withTemporaries(free, (hold) => {
        const direction = weightDecay === 0 ? gradient : hold(add(gradient, hold(scale(weight, weightDecay))));
        const kept = momentum === 1 ? target : hold(scale(target, momentum));
        const step = learningRate
          ? hold(multiply(direction, hold(scale(learningRate, rate))))
          : hold(scale(direction, rate));
        return subtract(kept, step);
      }),
    adamUpdate: (weight, mean, variance, stepSize, rootCorrection, { epsilon, rate }) =>
      withTemporaries(free, (hold) => {
        const root = hold(multiply(hold(squareRoot(variance)), rootCorrection));
        const divisor = hold(add(root, hold(scalar(epsilon))));
        const size = rate === 1 ? stepSize : hold(scale(stepSize, rate));
        return subtract(weight, hold(divide(hold(multiply(mean, size)), divisor)));
      }),
  };
}
