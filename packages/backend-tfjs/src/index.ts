export { type TfjsBackendOptions, type TfjsEngine, tfjsBackend } from "./backend.js";
