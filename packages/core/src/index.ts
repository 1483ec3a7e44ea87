export * from "./backend/backend.js";
export { checkAlive, checkFeeds, checkSupported, checkTensors, checkVariables } from "./backend/check.js";
export { type EnginePackages, engineUnavailable } from "./backend/engine-unavailable.js";
export { type Kernel, type KernelBackendOptions, type Kernels, kernelBackend } from "./backend/kernel-backend.js";
export { type OwnedVariables, ownedVariables } from "./backend/owned-variables.js";
export type * from "./data/dataset.js";
export * from "./errors.js";
export { type EvaluateOptions, evaluate } from "./inference/evaluate.js";
export type { Evaluation } from "./inference/evaluation.js";
export { type Answers, type Evaluator, evaluator } from "./inference/evaluator.js";
export type { InferenceOptions } from "./inference/options.js";
export { type PredictOptions, predict } from "./inference/predict.js";
export { oneHot, type RankedClass, topClasses } from "./inference/scores.js";
export { defineModel } from "./model/define-model.js";
export type * from "./model/layer.js";
export type { DropoutMask, Parameter } from "./model/layer-context.js";
export * as layers from "./model/layers.js";
export type { Model } from "./model/model.js";
export { checkParameters, initialParameters, parametersOf } from "./model/parameters.js";
export {
  gradientProgram,
  inferenceProgram,
  layersProgram,
  type ModelProgram,
  trainingProgram,
} from "./model/programs.js";
export { formatSummary, type LayerSummary, type ModelSummary, operationCosts, summarize } from "./model/summary.js";
export { alexnet2012, alexnet2012OneTower, type TowerOptions } from "./model/zoo/alexnet-2012.js";
export { alexnetCaffe } from "./model/zoo/alexnet-caffe.js";
export { alexnetD2l } from "./model/zoo/alexnet-d2l.js";
export { alexnetTorchvision } from "./model/zoo/alexnet-torchvision.js";
export { lenet5 } from "./model/zoo/lenet5.js";
export type { ModelOptions } from "./model/zoo/options.js";
export { type ZooEntry, type ZooOptions, zoo } from "./model/zoo/zoo.js";
export { type Adam, adam, adamW } from "./optimizer/adam.js";
export { type Slot, slotOf } from "./optimizer/names.js";
export {
  isAdam,
  type Optimizer,
  optimizerFault,
  optimizerScalars,
  optimizerSlots,
  optimizerStart,
} from "./optimizer/optimizer.js";
export type { UpdatePosition } from "./optimizer/rule.js";
export { paperSgd, plainSgd, type Sgd } from "./optimizer/sgd.js";
export {
  checkDevice,
  checkDeviceThreads,
  checkKind,
  checkOptions,
  checkThreads,
  describeValue,
  fieldsOf,
  keysOf,
} from "./options.js";
export { type ProgramBuilder, programBuilder } from "./program/builder.js";
export { denseProducts } from "./program/dense-products.js";
export { type Differentiated, differentiate } from "./program/differentiate.js";
export type * from "./program/operation.js";
export { definitionOf, operationKinds, operations } from "./program/operations/index.js";
export { optimize } from "./program/optimize.js";
export { printProgram } from "./program/print.js";
export { inputShapesOf, mapInputs, type Program, renameInputs, valueShapes } from "./program/program.js";
export { validateProgram } from "./program/validate.js";
export { type Initializer, initialValues } from "./random/initializers.js";
export { philox4x32 } from "./random/philox.js";
export { dropoutMask, normal, permutation, type RandomKey, randomBits, uniform } from "./random/random.js";
export { suggestion } from "./suggest.js";
export * from "./tensor.js";
export type * from "./training/checkpoint.js";
export type * from "./training/events.js";
export { fit } from "./training/fit.js";
export { type FitOptions, fitDefaults } from "./training/fit-options.js";
export * from "./training/recipe.js";
export {
  afterEvaluation,
  learningRateAt,
  looksAhead,
  type Position,
  type Schedule,
  type ScheduleState,
  scheduleStart,
  type WarmedUp,
  type Warmup,
} from "./training/schedule.js";
export { type EarlyStop, noProgress, type Progress, type Watch, watch } from "./training/watch.js";
