import type { Kernel } from "@alexnet/core/backend";
import type { OperationKind } from "@alexnet/core/program";

/** From the buffers of the inputs, the operation and the shapes of the inputs to a new buffer. */
export type MinimalKernel<Kind extends OperationKind> = Kernel<Float32Array, Kind>;

/** Kernels of the operations named. */
export type KernelsOf<Kind extends OperationKind> = { readonly [K in Kind]: MinimalKernel<K> };
