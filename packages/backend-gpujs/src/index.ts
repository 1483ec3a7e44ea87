export { gpujsBackend } from "./backend.js";
export { knownFailures } from "./known-failures.js";
export type { GpujsBackendOptions, GpujsDevice } from "./options.js";
