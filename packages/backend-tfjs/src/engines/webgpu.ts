import { firstRefusal, openDevice, withNavigatorGpu } from "@alexnet/webgpu";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { loadPackages } from "../load.js";
import { kernelRunner } from "../tfjs-kernels/runner.js";
import { stockPrimitives } from "../tfjs-kernels/stock-primitives.js";
import { webgpuPrimitives } from "../tfjs-kernels/webgpu-primitives.js";
import type { Engine } from "./engine.js";

/** TensorFlow.js's kernels as WebGPU shaders: in a browser, and in Node through the `webgpu` package. */
export async function webgpuEngine(): Promise<Engine<TensorInfo>> {
  const [tfjs, webgpu, { gpu, device, adapter, close }] = await loadPackages(
    "tfjs:webgpu",
    ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-webgpu", "webgpu"],
    async () =>
      Promise.all([
        import("@tensorflow/tfjs-core"),
        import("@tensorflow/tfjs-backend-webgpu"),
        openDevice("tfjs:webgpu"),
      ] as const),
  );
  const backend = withNavigatorGpu(gpu, () => new webgpu.WebGPUBackend(device, adapter));
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
    allocations: () => backend.numDataIds(),
    dispose() {
      backend.dispose();
      close();
    },
  };
}
