export { gpujsBackend } from "./backend.js";
export { knownFailures } from "./known-failures.js";
export type { GpuJsBackendOptions, Mode, WebGpu } from "./options.js";
