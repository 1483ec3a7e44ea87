/**
 * WebGPU for every engine of a process: the browser's, or in Node one Dawn that all of them share.
 *
 * @module @alexnet/webgpu
 */
export { acquireWebGpu, type WebGpu } from "./entry-point.js";
export { withNavigatorGpu } from "./navigator.js";
export { noAdapter } from "./no-adapter.js";
export { type OpenedDevice, openDevice } from "./open-device.js";
export { firstRefusal, type Refusals, type RefusingDevice } from "./refusals.js";
