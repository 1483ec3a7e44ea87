export { type GpuJsBackendOptions, gpujsBackend } from "./backend.js";
export type { WebGpu } from "./engine/dawn.js";
export type { Mode } from "./engine/gpujs.js";
export { knownFailures } from "./known-failures.js";
