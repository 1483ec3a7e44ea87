import { sizeOf } from "@alexnet/core";
import { type Backend, kernelBackend } from "@alexnet/core/backend";
import { kernels } from "./kernels/index.js";
import { VERSION } from "./version.js";

/**
 * The executable definition of every operation: plain loops over float64, one thread, no dependency. Other backends are
 * held to its results; its speed is nobody's concern.
 */
export function referenceBackend(): Backend {
  return kernelBackend<Float64Array>({
    info: {
      name: "reference",
      engine: "typescript",
      version: VERSION,
      device: "cpu",
      precision: "float64",
      details: { threads: 1 },
    },
    kernels,
    upload: ({ data }) => Float64Array.from(data),
    download: async (buffer, shape) => ({ shape, data: buffer.slice(0, sizeOf(shape)) }),
    free() {}, // The garbage collector does it.
  });
}
