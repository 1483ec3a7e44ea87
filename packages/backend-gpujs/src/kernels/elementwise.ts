import type { OperationKind } from "@alexnet/core/program";
import { type KernelSource, type Matrix, type OperationKernel, rows, type Thread } from "./kernel.js";

type Elementwise = Extract<
  OperationKind,
  "relu" | "reluGrad" | "sigmoid" | "sigmoidGrad" | "tanh" | "tanhGrad" | "multiply" | "add"
>;

/** An operation that makes each value from the values at the same place in its inputs. */
export function elementwise<Kind extends Elementwise>(kernel: KernelSource): OperationKernel<Kind> {
  return (run, inputs, { shape }) => {
    const extents = rows(shape);
    return run(
      kernel,
      { output: extents },
      inputs.map((values) => [values, extents]),
    );
  };
}

export const multiply = elementwise<"multiply">(function (this: Thread, a: Matrix, b: Matrix) {
  return a[this.thread.y]![this.thread.x]! * b[this.thread.y]![this.thread.x]!;
});

export const add = elementwise<"add">(function (this: Thread, a: Matrix, b: Matrix) {
  return a[this.thread.y]![this.thread.x]! + b[this.thread.y]![this.thread.x]!;
});

function scaled(this: Thread<{ factor: number }>, input: Matrix): number {
  return this.constants.factor * input[this.thread.y]![this.thread.x]!;
}

export const scale: OperationKernel<"scale"> = (run, [input], { attributes, shape }) =>
  run(scaled, { output: rows(shape), floats: { factor: attributes.factor } }, [[input, rows(shape)]]);
