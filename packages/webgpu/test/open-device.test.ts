import { hasCode } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { acquireWebGpu, firstRefusal, type OpenedDevice, openDevice, withNavigatorGpu } from "../src/index.js";

/** A device, or why there is none here. */
async function device(): Promise<OpenedDevice | string> {
  return openDevice("test:webgpu").catch((error: unknown) => {
    if (hasCode(error, "BACKEND_UNAVAILABLE")) return error.message;
    throw error;
  });
}

describe("openDevice", () => {
  it("opens devices on one entry point, with more than the least limits", async (context) => {
    const [first, second] = [await device(), await device()];
    if (typeof first === "string" || typeof second === "string") return context.skip(String(first));
    expect(first.gpu).toBe(second.gpu);
    expect(first.device).not.toBe(second.device);
    expect(first.device.limits.maxBufferSize).toBeGreaterThanOrEqual(2 ** 28);
    first.close();
    await first.device.lost;
    // What is left goes on.
    const buffer = second.device.createBuffer({ size: 4, usage: 8 });
    buffer.destroy();
    second.close();
    expect((await second.device.lost).reason).toBe("destroyed");
  });

  it("holds its entry point while anybody has it", async (context) => {
    const opened = await acquireWebGpu().catch((error: unknown) => String(error));
    if (typeof opened === "string") return context.skip(opened);
    const again = await acquireWebGpu();
    expect(again.gpu).toBe(opened.gpu);
    opened.release();
    opened.release();
    expect((await acquireWebGpu()).gpu).toBe(again.gpu);
  });
});

describe("withNavigatorGpu", () => {
  it("shows an entry point while it is looked for, and not after, also when looking fails", () => {
    const gpu = {} as GPU;
    const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
    expect(withNavigatorGpu(gpu, () => globalThis.navigator.gpu)).toBe(gpu);
    expect(() =>
      withNavigatorGpu(gpu, () => {
        throw new Error("nothing there");
      }),
    ).toThrow("nothing there");
    expect(Object.getOwnPropertyDescriptor(globalThis, "navigator")).toEqual(before);
  });
});

describe("firstRefusal", () => {
  it("remembers the first thing that a device refuses", () => {
    const refusing: { onuncapturederror: ((event: never) => void) | null } = { onuncapturederror: null };
    const refusal = firstRefusal(refusing);
    refusal.throwIfAny();
    for (const message of ["too large", "too late"]) refusing.onuncapturederror?.({ error: { message } } as never);
    expect(() => refusal.throwIfAny()).toThrow("The WebGPU device refused to compute: too large");
  });
});
