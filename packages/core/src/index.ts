/**
 * Models, and what is done with them: training, evaluation, prediction.
 *
 * @module @alexnet/core
 */
export type { Backend, BackendInfo } from "./backend/backend.js";
export type * from "./data/augmentation.js";
export type * from "./data/dataset.js";
export type { Preprocessing } from "./data/preprocessing.js";
export * from "./errors.js";
export { type EvaluateOptions, evaluate } from "./inference/evaluate.js";
export type { Evaluation, WorstExample } from "./inference/evaluation.js";
export { type Answers, type Evaluator, evaluator } from "./inference/evaluator.js";
export type { InferenceOptions } from "./inference/options.js";
export { type PredictOptions, predict } from "./inference/predict.js";
export { oneHot, type RankedClass, topClasses } from "./inference/scores.js";
export { defineModel } from "./model/define-model.js";
export {
  freeze,
  trainedParameters,
  transferred,
  withBiases,
  withClasses,
  withLearningRates,
} from "./model/fine-tuning.js";
export type * from "./model/layer.js";
export type { DropoutMask, Parameter } from "./model/layer-context.js";
export * as layers from "./model/layers.js";
export type { Model } from "./model/model.js";
export { formatModel, parseModel } from "./model/model-json.js";
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
export type { Initializer } from "./random/initializers.js";
export {
  formatShape,
  isShape2,
  isShape4,
  type Shape,
  type Shape1,
  type Shape2,
  type Shape4,
  sameShape,
  sizeOf,
  type Tensor,
  type TensorMap,
  tensor,
  zeros,
} from "./tensor.js";
export type * from "./training/checkpoint.js";
export type { CheckpointInterval } from "./training/checkpoint-every.js";
export type * from "./training/events.js";
export { fit } from "./training/fit.js";
export { type FitOptions, fitDefaults } from "./training/fit-options.js";
export * from "./training/recipe.js";
export { recipes } from "./training/recipes.js";
export { looksAhead, type Schedule, type ScheduleState, type WarmedUp, type Warmup } from "./training/schedule.js";
export type { EarlyStop, Progress, Watch } from "./training/watch.js";
export type { WeightChange } from "./training/weights.js";
