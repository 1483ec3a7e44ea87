/**
 * The TensorFlow.js backend of AlexNet for TypeScript: libtensorflow on CPU and CUDA, WebGPU, WebAssembly and
 * JavaScript.
 *
 * @module @alexnet/backend-tfjs
 */
export { type TfjsBackendOptions, type TfjsDevice, tfjsBackend } from "./backend.js";
export { type KnownFailure, knownFailures } from "./known-failures.js";
