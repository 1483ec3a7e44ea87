/**
 * The gpu.js backend of AlexNet for TypeScript: every operation as a readable kernel, on WebAssembly, WebGPU or plain
 * JavaScript.
 *
 * @module @alexnet/backend-gpujs
 */
export { gpujsBackend } from "./backend.js";
export { type KnownFailure, knownFailures } from "./known-failures.js";
export type { GpujsBackendOptions, GpujsDevice } from "./options.js";
