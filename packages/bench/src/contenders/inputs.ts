import { sizeOf, type Tensor } from "@alexnet/core";
import { type Program, programBuilder } from "@alexnet/core/program";
import { normal } from "@alexnet/core/random";

/** Decides weights and noise. */
export const SEED = 0;

/** A tensor of noise. */
export function noiseOf(shape: readonly number[]): Tensor {
  return { shape, data: normal({ seed: SEED, purpose: "noise", step: 0 }, sizeOf(shape)) };
}

/** The product of an input, `left`, and a variable, `right`. One row comes back: timed is the product, not the way to the host. */
export function matrixProduct(size: number): Program {
  const builder = programBuilder("matrix product");
  const left = builder.input("left", [size, size]);
  const right = builder.variable("right", [size, size]);
  const product = builder.apply("matmul", [left, right], { transposeA: false, transposeB: false });
  builder.output(builder.apply("slice", [product], { axis: 0, start: 0, end: 1 }), "row");
  return builder.build();
}
