export { type OnnxBackendOptions, onnxBackend } from "./backend.js";
export type { OnnxRuntime } from "./engine.js";
export { exportOnnx } from "./export.js";
