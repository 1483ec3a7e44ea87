/**
 * How fast AlexNet trains and answers on each backend, beside PyTorch, TensorFlow.js's layers and bare ONNX Runtime.
 *
 * @module @alexnet/bench
 */
export { type BenchOptions, type BenchResult, bench, isScore, type MatrixPeak, type Score } from "./bench.js";
export {
  type Contender,
  ContenderError,
  type Contestant,
  type Facts,
  type OperationScore,
  type Turn,
} from "./contender.js";
export { type BackendFactory, backendContender } from "./contenders/backend.js";
export { onnxRuntimeContender } from "./contenders/onnxruntime.js";
export { processContender } from "./contenders/process.js";
export { setUpTorch, torchPython } from "./contenders/setup-torch.js";
export { tfjsLayersContender } from "./contenders/tfjs-layers.js";
export { torchContender } from "./contenders/torch.js";
export { type Absence, type Measurement, type MeasureOptions, measure, type Timing } from "./measure.js";
export { type Profile, profile } from "./profile.js";
export { type Spread, spreadOf } from "./statistics.js";
export {
  describeWorkload,
  floatingPointOperations,
  type Task,
  type Work,
  type Workload,
  works,
} from "./workload.js";
