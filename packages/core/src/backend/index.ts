/**
 * What a backend implements, and what helps to write one.
 *
 * @module @alexnet/core/backend
 */
export type * from "./backend.js";
export { checkAlive, checkFeeds, checkSupported, checkTensors, checkVariables } from "./check.js";
export { checkDevice, checkDeviceThreads, checkThreads } from "./check-device.js";
export { type EnginePackages, engineUnavailable } from "./engine-unavailable.js";
export { type Kernel, type KernelBackendOptions, type Kernels, kernelBackend } from "./kernel-backend.js";
export { type OwnedVariables, ownedVariables } from "./owned-variables.js";
