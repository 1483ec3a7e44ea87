import type { GpujsDevice } from "./options.js";

/** A check of `@alexnet/conformance` that fails, why, and what will end it. */
export interface KnownFailure {
  readonly check: string;
  readonly reason: string;
  readonly issue: string;
}

/** What each mode is known to fail, as expectations for the conformance suite. */
export const knownFailures: Readonly<Partial<Record<GpujsDevice, readonly KnownFailure[]>>> = {
  webgpu: ["operations", "gradients"].map((level) => ({
    check: `${level}/conv2d 1x1 past 2^24 elements`,
    reason: "gpu.js computes the 8,410,000 pixels along one axis, and WebGPU's workgroups reach to 524,280 there.",
    issue: "gpu.js backend: webgpu, headlessgl, webasm, cpu",
  })),
};
