export { type TfjsBackendOptions, type TfjsEngine, tfjsBackend } from "./backend.js";
export { knownFailures } from "./known-failures.js";
