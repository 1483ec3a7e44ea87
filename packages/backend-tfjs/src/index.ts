export { type TfjsBackendOptions, type TfjsDevice, tfjsBackend } from "./backend.js";
export { knownFailures } from "./known-failures.js";
