export { acquireWebGpu, type WebGpu } from "./entry-point.js";
export { withNavigatorGpu } from "./navigator.js";
export { noAdapter } from "./no-adapter.js";
export { type OpenedDevice, openDevice } from "./open-device.js";
export { firstRefusal } from "./refusals.js";
