import type { TfjsDevice } from "./backend.js";

/** A check of `@alexnet/conformance` that fails, why, and what will end it. */
export interface KnownFailure {
  readonly check: string;
  readonly reason: string;
  readonly issue: string;
}

/** What each engine is known to fail, as expectations for the conformance suite. */
export const knownFailures: Readonly<Partial<Record<TfjsDevice, readonly KnownFailure[]>>> = {
  webgpu: ["operations", "gradients"].map((level) => ({
    check: `${level}/maxPool of numbers far below 0`,
    reason: "TensorFlow.js looks for the largest value of a window from −10^20 on.",
    issue: "`-1.0 / pow(10.0, -20.0)` in pool_webgpu.ts of @tensorflow/tfjs-backend-webgpu",
  })),
};
