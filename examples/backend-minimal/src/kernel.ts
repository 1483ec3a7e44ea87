import type { Kernel, OperationKind } from "@alexnet/core";

/** From the buffers of the inputs, the operation and the shapes of the inputs to a new buffer. */
export type MinimalKernel<Kind extends OperationKind> = Kernel<Float32Array, Kind>;

/** Kernels of the operations named. */
export type KernelsOf<Kind extends OperationKind> = { readonly [K in Kind]: MinimalKernel<K> };
