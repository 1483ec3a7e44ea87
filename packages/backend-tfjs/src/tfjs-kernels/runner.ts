import type { Shape } from "@alexnet/core";
import type { KernelBackend, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";

export type Tfjs = typeof import("@tensorflow/tfjs-core");

/** Runs a kernel of one TensorFlow.js backend by its name in TensorFlow.js. */
export type RunKernel = (name: string, inputs: Readonly<Record<string, TensorInfo>>, attributes?: object) => TensorInfo;

/**
 * Runs kernels on one instance of a backend, beside TensorFlow.js's own engine: nothing depends on which backend is the
 * active one, and several live side by side.
 */
export function kernelRunner(tfjs: Tfjs, name: string, backend: KernelBackend): RunKernel {
  const kernels = new Map(
    tfjs.getKernelsForBackend(name).map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]),
  );
  return (kernel, inputs, attributes = {}) => {
    const compute = kernels.get(kernel);
    if (!compute) throw new Error(`TensorFlow.js ${tfjs.version_core} has no kernel ${kernel} for "${name}".`);
    // Its types ask for the names of each kernel, of which this knows none.
    return compute({ inputs: inputs as NamedTensorInfoMap, backend, attrs: attributes as NamedAttrMap }) as TensorInfo;
  };
}

/** The tensor under another shape: one reference more to the same data. */
export function reshaped(backend: KernelBackend, { dataId, dtype }: TensorInfo, shape: Shape): TensorInfo {
  backend.incRef(dataId);
  return { dataId, dtype, shape: [...shape] };
}
