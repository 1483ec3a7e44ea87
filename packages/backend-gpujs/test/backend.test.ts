import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  type Backend,
  BackendUnavailableError,
  initialParameters,
  lenet5,
  oneHot,
  plainSgd,
  sizeOf,
  tensor,
  trainingProgram,
} from "@alexnet/core";
import { uniform } from "@alexnet/core/random";
import { describe, expect, it } from "vitest";
import { createKernel, loadGpuJs } from "../src/engine/gpujs.js";
import { type GpujsDevice, gpujsBackend } from "../src/index.js";
import type { Matrix, Thread } from "../src/kernels/kernel.js";

const devices = ["webasm", "cpu"] as const;

/** Runs LeNet training steps; says how many buffers were alive after the first and after the last. */
async function train(backend: Backend, steps: number): Promise<readonly [number, number]> {
  const model = lenet5();
  const { program } = trainingProgram(model, 2, plainSgd);
  const executable = await backend.compile(program);
  const variables = await backend.createVariables(initialParameters(model, 0));
  const feed = Object.fromEntries(
    Object.entries(program.inputs).map(([name, shape]) => [
      name,
      { shape, data: uniform({ seed: 1, purpose: name }, sizeOf(shape)) },
    ]),
  );
  const step = { ...feed, labels: oneHot(new Int32Array(2), 10), learningRate: tensor([], [1e-3]) };
  await executable.run(variables, [step]);
  const first = backend.allocations?.() ?? Number.NaN;
  for (let taken = 1; taken < steps; taken++) await executable.run(variables, [step]);
  return [first, backend.allocations?.() ?? Number.NaN];
}

describe("the gpu.js backend", () => {
  it.each(devices)("says what it is: %s", async (device) => {
    const backend = await gpujsBackend({ device });
    expect(backend.info).toMatchObject({ name: `gpujs:${device}`, engine: "gpu.js", precision: "float32" });
    expect(backend.info.version).toMatch(/^2\.\d+\.\d+/);
    await backend.dispose();
  });

  it("refuses devices and threads that make no sense", async () => {
    await expect(gpujsBackend({ device: "opencl" as GpujsDevice })).rejects.toThrow(/no device "opencl"/);
    await expect(gpujsBackend({ threads: 0 })).rejects.toThrow(/threads must be a whole number from 1 to 1024; got 0/);
    await expect(gpujsBackend({ device: "cpu", threads: 2 })).rejects.toThrow(/cpu has no threads to choose/);
  });

  it.each(devices)("holds as many tensors after 200 steps as after one, and none in the end: %s", async (device) => {
    const backend = await gpujsBackend({ device });
    const [first, last] = await train(backend, 200);
    expect(last).toBe(first);
    await backend.dispose();
    expect(backend.allocations?.()).toBe(0);
  });

  it("lets the process end, disposed or not", async () => {
    const script = fileURLToPath(new URL("exit.mjs", import.meta.url));
    const run = promisify(execFile);
    for (const last of ["dispose", "leave"]) {
      const { stdout } = await run(process.execPath, [script, last], { timeout: 60_000 });
      expect(stdout).toBe("done\n");
    }
  });
});

describe("gpu.js", () => {
  it("says what to install where it is missing, or why it does not load", () => {
    const failing = (code: string) =>
      (() => {
        throw Object.assign(new Error("out of order"), { code });
      }) as unknown as NodeJS.Require;
    expect(() => loadGpuJs(failing("MODULE_NOT_FOUND"))).toThrow(/not installed.*npm install gpu\.js --ignore-scripts/);
    expect(() => loadGpuJs(failing("ERR_DLOPEN_FAILED"))).toThrow(/does not load: out of order/);
    expect(() => loadGpuJs(failing("ERR_DLOPEN_FAILED"))).toThrow(BackendUnavailableError);
  });

  it("never falls back to plain JavaScript silently", async () => {
    const gpujs = loadGpuJs();
    const gpu = new gpujs.GPU({ mode: "webasm" });
    function same(this: Thread, input: Matrix) {
      return input[this.thread.y]![this.thread.x]!;
    }
    const kernel = createKernel(gpu, "webasm", same, { output: [4, 4] });
    // gpu.js has no WebAssembly for images of the browser, and would take the CPU.
    class HTMLImageElement {}
    expect(() => kernel.call([Object.assign(new HTMLImageElement(), { width: 4, height: 4 })])).toThrow(
      /cannot run the kernel "same" in the mode webasm/,
    );
    await gpu.destroy();
  });
});
