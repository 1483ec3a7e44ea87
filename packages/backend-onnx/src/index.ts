export { type OnnxBackendOptions, onnxBackend } from "./backend.js";
export { exportOnnx } from "./export.js";
export type { ConvolutionMethod } from "./lowering/context.js";
