import type { TfjsEngine } from "./backend.js";

/** A check of `@alexnet/conformance` that fails, why, and what will end it. */
interface KnownFailure {
  readonly check: string;
  readonly reason: string;
  readonly issue: string;
}

/** Poolings of nothing but numbers below −10^20. */
const ABYSMAL = [
  "1x3x3x1, window 4x1, stride 1x1, padding 2,0,2,0",
  "2x2x2x6, window 2x3, stride 1x2, padding 1,2,0,0",
  "3x1x2x2, window 2x5, stride 3x1, padding 0,1,1,2",
  "2x3x7x9, window 3x2, stride 2x4, padding 0,0,2,1",
];

/** What each engine is known to fail, as expectations for the conformance suite. */
export const knownFailures: Readonly<Partial<Record<TfjsEngine, readonly KnownFailure[]>>> = {
  webgpu: ABYSMAL.map((pooling) => ({
    check: `operations/maxPool ${pooling}, abysmal`,
    reason: "TensorFlow.js looks for the largest value of a window from −10^20 on.",
    issue: "`-1.0 / pow(10.0, -20.0)` in pool_webgpu.ts of @tensorflow/tfjs-backend-webgpu",
  })),
};
