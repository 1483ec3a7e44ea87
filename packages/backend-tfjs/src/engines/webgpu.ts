import { UnsupportedOperationError } from "@alexnet/core";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine.js";
import { loadPackages } from "../load.js";
import { openDevice, withNavigatorGpu } from "../tfjs/gpu.js";
import { kernelRunner } from "../tfjs/runner.js";
import { stockPrimitives } from "../tfjs/stock-primitives.js";
import { webgpuPrimitives } from "../tfjs/webgpu-primitives.js";

/** TensorFlow.js's kernels as WebGPU shaders: in a browser, and in Node through the `webgpu` package. */
export async function webgpuEngine(): Promise<Engine<TensorInfo>> {
  const [tfjs, webgpu, { device, adapter, close }] = await loadPackages(
    "tfjs:webgpu",
    ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-webgpu", "webgpu"],
    async () =>
      Promise.all([import("@tensorflow/tfjs-core"), import("@tensorflow/tfjs-backend-webgpu"), openDevice()] as const),
  );
  const backend = withNavigatorGpu(() => new webgpu.WebGPUBackend(device, adapter));
  const refusal = firstRefusal(device);
  const run = kernelRunner(tfjs, "webgpu", backend);
  const primitives = webgpuPrimitives(run, stockPrimitives(backend, run));
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  return {
    info: {
      name: "tfjs:webgpu",
      engine: "@tensorflow/tfjs-backend-webgpu",
      version: tfjs.version_core,
      device: adapter.description || adapter.device || adapter.vendor || "WebGPU",
      precision: "float32",
      propagatesNaN: false,
      details: {
        vendor: adapter.vendor,
        architecture: adapter.architecture,
        software: adapter.isFallbackAdapter,
        maxBufferSize,
        maxStorageBufferBindingSize,
      },
    },
    primitives: {
      ...primitives,
      async read(handle) {
        const data = await primitives.read(handle);
        refusal.throwIfAny();
        return data;
      },
    },
    maxTensorBytes: Math.min(maxStorageBufferBindingSize, maxBufferSize),
    tensors: () => backend.numDataIds(),
    dispose() {
      backend.dispose();
      close();
    },
  };
}

/** What a device refuses it reports later and computes nothing instead: remembered, so that no result is taken from it. */
function firstRefusal(device: GPUDevice): { throwIfAny(): void } {
  let message: string | undefined;
  device.onuncapturederror = ({ error }) => {
    message ??= error.message;
  };
  return {
    throwIfAny() {
      if (message !== undefined)
        throw new UnsupportedOperationError(`The WebGPU device refused to compute: ${message}`);
    },
  };
}
