import { availableParallelism } from "node:os";
import {
  type Backend,
  checkDevice,
  checkDeviceThreads,
  type Kernel,
  type Kernels,
  kernelBackend,
} from "@alexnet/core/backend";
import type { OperationKind } from "@alexnet/core/program";
import { checkOptions } from "@alexnet/core/support";

import { deviceEngine } from "./engine/device.js";
import { loadGpuJs } from "./engine/gpujs.js";
import { hostEngine } from "./engine/host.js";
import { operationKernels } from "./kernels/index.js";
import type { OperationKernel, Values } from "./kernels/kernel.js";
import { operationRuns } from "./operation-runs.js";
import { type GpujsBackendOptions, gpujsDevices } from "./options.js";

/**
 * gpu.js as a backend: every operation is one or a few kernels, JavaScript functions that gpu.js translates.
 *
 * Throws `BackendUnavailableError` when gpu.js is not installed or cannot run on this device here, and `InvalidArgumentError`
 * for options that make no sense.
 */
export async function gpujsBackend(options: GpujsBackendOptions = {}): Promise<Backend> {
  checkOptions("gpujsBackend", options, { device: true, threads: true });
  const { device = "webasm", threads } = options;
  checkDevice("gpujs", device, gpujsDevices);
  checkDeviceThreads(`gpujs:${device}`, threads, device === "webasm");
  const gpujs = loadGpuJs();
  const engine =
    device === "webgpu" ? await deviceEngine(gpujs) : hostEngine(gpujs, device, threads ?? availableParallelism());
  const alive = new Set<Values>();
  const runs = operationRuns(engine, alive);
  return kernelBackend<Values>({
    info: {
      name: `gpujs:${device}`,
      engine: "gpu.js",
      version: gpujs.version,
      device: engine.device,
      precision: "float32",
      propagatesNaN: device !== "webgpu",
      details: engine.details,
    },
    kernels: kernelsOf(runs),
    upload({ data }) {
      const values = engine.upload(Float32Array.from(data));
      alive.add(values);
      return values;
    },
    download: async (values, shape) => ({ shape, data: await engine.download(values) }),
    settle: async () => engine.settle?.(),
    free(values) {
      alive.delete(values);
      engine.free(values);
    },
    allocations: () => alive.size,
    forget: ({ operations }) => runs.destroy(operations),
    async dispose() {
      runs.destroy();
      await engine.destroy();
    },
  });
}

/** The kernels with what they run on: each is given its own compiled ones. */
function kernelsOf({ compute }: ReturnType<typeof operationRuns>): Kernels<Values> {
  const ready = Object.entries(operationKernels).map(([kind, kernel]) => [
    kind,
    // Called with operations of its kind alone; a union of kernels takes none.
    (...given: Given) => compute(kernel as OperationKernel<OperationKind>, ...given),
  ]);
  return Object.fromEntries(ready) as Kernels<Values>; // Each under the kind it was written for.
}

type Given = Parameters<Kernel<Values, OperationKind>>;
