import { type Backend, checkOptions, type Kernels, kernelBackend, sizeOf } from "@alexnet/core";
import { kernels } from "./kernels/index.js";
import { VERSION } from "./version.js";

export interface ReferenceBackendOptions {
  /** Told how many buffers are alive whenever that changes: a number that grows from run to run is a leak. */
  readonly onBuffers?: (alive: number) => void;
}

/**
 * The executable definition of every operation: plain loops over float64, one thread, no dependency. Other backends are
 * held to its results; its speed is nobody's concern.
 */
export function referenceBackend(options: ReferenceBackendOptions = {}): Backend {
  checkOptions("referenceBackend", options, { onBuffers: true });
  const { onBuffers } = options;
  const alive = new Set<Float64Array>();
  const keep = (buffer: Float64Array): Float64Array => {
    alive.add(buffer);
    onBuffers?.(alive.size);
    return buffer;
  };
  return kernelBackend<Float64Array>({
    info: {
      name: "reference",
      engine: "typescript",
      version: VERSION,
      device: "cpu",
      precision: "float64",
      details: { threads: 1 },
    },
    kernels: keepingResults(kernels, keep),
    upload: ({ data }) => keep(Float64Array.from(data)),
    allocations: () => alive.size,
    download: async (buffer, shape) => ({ shape, data: buffer.slice(0, sizeOf(shape)) }),
    free(buffer) {
      alive.delete(buffer);
      onBuffers?.(alive.size);
    },
  });
}

/** The same kernels, with everything they return passed through `keep`. */
function keepingResults(
  kernels: Kernels<Float64Array>,
  keep: (buffer: Float64Array) => Float64Array,
): Kernels<Float64Array> {
  type AnyKernel = (...given: readonly unknown[]) => Float64Array;
  const keeping = Object.entries(kernels).map(([kind, kernel]) => [
    kind,
    (...given: readonly unknown[]) => keep((kernel as AnyKernel)(...given)),
  ]);
  return Object.fromEntries(keeping) as Kernels<Float64Array>;
}
