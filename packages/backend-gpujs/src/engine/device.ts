import { UnsupportedOperationError } from "@alexnet/core";
import { firstRefusal } from "@alexnet/webgpu";
import type { Extents, Launch, Values } from "../kernels/kernel.js";
import { openDevice } from "./dawn.js";
import type { Engine } from "./engine.js";
import { createKernel, type DeviceResult, type GpuJs } from "./gpujs.js";

// Of GPUBufferUsage and GPUMapMode; the specification fixes the numbers, and Node has no such globals.
const STORAGE = 0x80;
const COPY_SOURCE = 0x04;
const COPY_TARGET = 0x08;
const MAP_READ = 0x01;

/** A tensor in a buffer of the device. */
interface DeviceValues {
  readonly result: DeviceResult;
  readonly bytes: number;
}

/** The mode that keeps tensors in buffers of a WebGPU device: they cross to the host only when they are downloaded. */
export async function deviceEngine(gpujs: GpuJs): Promise<Engine> {
  const { gpu, context, close } = await openDevice(gpujs);
  const { device, adapter } = context;
  const limit = device.limits.maxStorageBufferBindingSize;

  const refusal = firstRefusal(device);

  const view = ({ result }: DeviceValues, extents: Extents): DeviceResult =>
    new gpujs.WebGPUBufferResult({ buffer: result.buffer, output: extents, componentCount: 1, context });

  const checkSize = (bytes: number): void => {
    if (bytes <= limit) return;
    throw new UnsupportedOperationError(
      `A tensor of ${bytes} bytes is larger than the ${limit} bytes this WebGPU device can bind at once. ` +
        "Make the batch smaller, or choose another mode.",
    );
  };

  // gpu.js computes 8 by 8 cells, or 64 along one axis, in a workgroup; along one axis alone it folds what is too long.
  const checkExtents = ({ output }: Launch): void => {
    const most = device.limits.maxComputeWorkgroupsPerDimension;
    if (output.length === 1) return;
    const tooLong = output.find((extent, axis) => extent > most * (axis < 2 ? 8 : 1));
    if (tooLong === undefined) return;
    throw new UnsupportedOperationError(
      `An image or a matrix with ${tooLong} pixels, rows or planes is more than this WebGPU device can be told to compute ` +
        `at once (${most * 8} by ${most * 8} by ${most}). Make it smaller, or choose another mode.`,
    );
  };

  return {
    device: adapter.info?.description || adapter.info?.vendor || "WebGPU adapter",
    details: { largestTensor: limit },
    async settle() {
      await device.queue.onSubmittedWorkDone();
    },
    upload(values) {
      checkSize(values.byteLength);
      const buffer = device.createBuffer({
        size: Math.max(values.byteLength, 4),
        usage: STORAGE | COPY_SOURCE,
        mappedAtCreation: true,
      });
      new Float32Array(buffer.getMappedRange()).set(values);
      buffer.unmap();
      const output = [values.length];
      return {
        result: new gpujs.WebGPUBufferResult({ buffer, output, componentCount: 1, context }),
        bytes: values.byteLength,
      };
    },
    async download(values) {
      const { result, bytes } = ours(values);
      const staging = device.createBuffer({ size: bytes, usage: MAP_READ | COPY_TARGET });
      try {
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(result.buffer, 0, staging, 0, bytes);
        device.queue.submit([encoder.finish()]);
        await staging.mapAsync(MAP_READ);
        refusal.throwIfAny();
        return new Float32Array(staging.getMappedRange().slice(0));
      } finally {
        staging.destroy();
      }
    },
    free: (values) => ours(values).result.delete(),
    compile(source, launch) {
      checkSize(bytesOf(launch));
      checkExtents(launch);
      const kernel = createKernel(gpu, "webgpu", source, launch);
      return {
        async run(inputs) {
          const views = inputs.map(([values, extents]) => view(ours(values), extents));
          try {
            // With `pipeline`, gpu.js gives its own kind of result.
            const result = (await kernel.call(views)) as DeviceResult;
            kernel.handOver();
            return { result, bytes: bytesOf(launch) * result.componentCount } satisfies DeviceValues;
          } finally {
            for (const seen of views) seen.delete();
          }
        },
        destroy: kernel.destroy,
      };
    },
    async destroy() {
      await gpu.destroy();
      await close();
    },
  };
}

/** What this device made: nobody hands it anything else. */
function ours(values: Values): DeviceValues {
  return values as DeviceValues;
}

/** Of an output of one value a cell. */
function bytesOf({ output }: Launch): number {
  return 4 * output.reduce((size, extent) => size * extent, 1);
}
