export { type GpuJsBackendOptions, gpujsBackend } from "./backend.js";
