import type { Kernel, OperationKind } from "@alexnet/core";

/** From the buffers of the inputs, the operation and the shapes of the inputs to a new buffer. */
export type MinimalKernel<Kind extends OperationKind> = Kernel<Float32Array, Kind>;

/** Kernels of the operations named. */
export type KernelsOf<Kind extends OperationKind> = { readonly [K in Kind]: MinimalKernel<K> };

export type Shape4 = readonly [number, number, number, number];

/** The buffers of an operation with so many inputs; `kernelBackend` has checked that they are there. */
export function buffers(inputs: readonly Float32Array[]): readonly [Float32Array, Float32Array, Float32Array] {
  return inputs as readonly [Float32Array, Float32Array, Float32Array];
}
