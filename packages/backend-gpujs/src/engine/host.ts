import { cpus } from "node:os";
import type { Extents, Values } from "../kernels/kernel.js";
import type { Engine } from "./engine.js";
import { createKernel, type GpuJs } from "./gpujs.js";

/** The modes that keep tensors in the memory of the host: WebAssembly, on `threads` threads, and plain JavaScript. */
export function hostEngine(gpujs: GpuJs, mode: "webasm" | "cpu", threads: number): Engine {
  const gpu = new gpujs.GPU({ mode });
  const pool = mode === "webasm" && threads > 1 ? new gpujs.WorkerPool(threads) : undefined;
  return {
    device: cpus()[0]?.model.trim() || "CPU",
    details: mode === "webasm" ? { threads } : {},
    upload: (values) => values.slice(),
    // On the host all values are arrays: those of results as much as those uploaded.
    download: async (values) => (values as Float32Array).slice(),
    // The garbage collector does it, as soon as nothing holds the array.
    free() {},
    compile(source, launch) {
      const kernel = createKernel(gpu, mode, source, launch, pool);
      return {
        async run(inputs) {
          const result = await kernel.call(
            inputs.map(([values, extents]) => gpujs.input(values as Float32Array, extents)),
          );
          // The mode decides what gpu.js gives: nested arrays, or one that is flat.
          return mode === "cpu" ? flat(result as Nested, launch.output) : (result as Values);
        },
        destroy: kernel.destroy,
      };
    },
    async destroy() {
      pool?.destroy();
      await gpu.destroy();
    },
  };
}

type Nested = Float32Array | readonly Nested[];

/** Lays rows of values, or of quads of values, one behind the other. */
function flat(nested: Nested, extents: Extents): Float32Array {
  const cells = extents.reduce((size, extent) => size * extent, 1);
  const values = new Float32Array(cells * (depthOf(nested) > extents.length ? 4 : 1));
  let offset = 0;
  const append = (part: Nested): void => {
    if (isValues(part)) {
      values.set(part, offset);
      offset += part.length;
    } else {
      for (const piece of part) append(piece);
    }
  };
  append(nested);
  return values;
}

/** By its tag: gpu.js may have been loaded into another realm than this file. */
function isValues(nested: Nested): nested is Float32Array {
  return ArrayBuffer.isView(nested);
}

function depthOf(nested: Nested): number {
  return isValues(nested) ? 1 : 1 + depthOf(nested[0]!);
}
