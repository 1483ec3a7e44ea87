/**
 * The ONNX Runtime backend of AlexNet for TypeScript: one graph per program, on CPU, WebGPU or CUDA.
 *
 * @module @alexnet/backend-onnx
 */
export { type OnnxBackendOptions, onnxBackend } from "./backend.js";
export { exportOnnx, exportOnnxWithData } from "./export.js";
export type { ConvolutionMethod } from "./lowering/context.js";
