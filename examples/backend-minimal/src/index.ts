import { type Backend, kernelBackend } from "@alexnet/core/backend";
import { channelKernels } from "./channels.js";
import { convolutionKernels } from "./convolution.js";
import { elementKernels } from "./elements.js";
import { matrixKernels } from "./matrices.js";
import { movementKernels } from "./movement.js";
import { poolingKernels } from "./pooling.js";

/** A complete backend: float32 arrays and plain loops. Every operation is one function. */
export function minimalBackend(): Backend {
  return kernelBackend<Float32Array>({
    info: {
      name: "minimal",
      engine: "javascript",
      version: "0.0.0",
      device: "cpu",
      // Results are rounded to float32. A device that rounds more coarsely inside must say so here.
      precision: "float32",
      details: { threads: 1 },
    },
    kernels: {
      ...convolutionKernels,
      ...poolingKernels,
      ...channelKernels,
      ...matrixKernels,
      ...elementKernels,
      ...movementKernels,
    },
    // Copies: the caller may change or reuse what it handed over.
    upload: ({ data }) => Float32Array.from(data),
    download: async (buffer, shape) => ({ shape, data: buffer.slice() }),
    // An engine with memory of its own gives it back here.
    free() {},
  });
}
