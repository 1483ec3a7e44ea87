import { availableParallelism } from "node:os";
import {
  type Backend,
  BackendUnavailableError,
  checkOptions,
  checkThreads,
  type Executable,
  InvalidArgumentError,
  type Kernel,
  type Kernels,
  kernelBackend,
  type Operation,
  type OperationKind,
} from "@alexnet/core";

import { deviceEngine } from "./engine/device.js";
import { loadGpuJs } from "./engine/gpujs.js";
import { hostEngine } from "./engine/host.js";
import { operationKernels } from "./kernels/index.js";
import type { OperationKernel, Values } from "./kernels/kernel.js";
import { operationRuns } from "./operation-runs.js";
import type { GpuJsBackendOptions, Mode } from "./options.js";

/**
 * gpu.js as a backend: every operation is one or a few kernels, JavaScript functions that gpu.js translates.
 *
 * Throws `BackendUnavailableError` when gpu.js is not installed or cannot run in this mode here, and `InvalidArgumentError`
 * for options that make no sense.
 */
export async function gpujsBackend(options: GpuJsBackendOptions = {}): Promise<Backend> {
  checkOptions("gpujsBackend", options, { mode: true, threads: true, gpu: true });
  const { mode = "webasm", threads = availableParallelism() } = options;
  if (!modes.includes(mode)) {
    throw new BackendUnavailableError(`The gpu.js backend has no mode "${mode}"; it has ${modes.join(", ")}.`);
  }
  if (options.threads !== undefined && mode !== "webasm") {
    throw new InvalidArgumentError(`The mode ${mode} has no threads to choose; leave threads out.`);
  }
  checkThreads(threads);
  const gpujs = loadGpuJs();
  const engine = mode === "webgpu" ? await deviceEngine(gpujs, options.gpu) : hostEngine(gpujs, mode, threads);
  const alive = new Set<Values>();
  const runs = operationRuns(engine, alive);
  const { device, details } = engine;
  const backend = kernelBackend<Values>({
    info: {
      name: `gpujs:${mode}`,
      engine: "gpu.js",
      version: gpujs.version,
      device,
      precision: "float32",
      propagatesNaN: mode !== "webgpu",
      details,
    },
    kernels: kernelsOf(runs.compute),
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
    async dispose() {
      runs.destroy();
      await engine.destroy();
    },
  });
  return {
    ...backend,
    async compile(program) {
      const executable = await backend.compile(program);
      return {
        ...executable,
        async dispose() {
          await executable.dispose();
          runs.destroy(program.operations);
        },
      } satisfies Executable;
    },
  };
}

const modes: readonly Mode[] = ["webgpu", "webasm", "cpu"];

type Compute = <Kind extends OperationKind>(
  kernel: OperationKernel<Kind>,
  inputs: readonly Values[],
  operation: Operation<Kind>,
  inputShapes: Parameters<Kernel<Values, Kind>>[2],
) => Promise<Values>;

function kernelsOf(compute: Compute): Kernels<Values> {
  const entry = ([kind, kernel]: [string, unknown]) => [
    kind,
    (inputs: readonly Values[], operation: Operation, shapes: readonly (readonly number[])[]) =>
      compute(kernel as OperationKernel<OperationKind>, inputs, operation, shapes),
  ];
  return Object.fromEntries(Object.entries(operationKernels).map(entry)) as Kernels<Values>;
}
