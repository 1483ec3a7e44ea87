import { InvalidArgumentError } from "../errors.js";
import { slotOf } from "../optimizer/names.js";
import { type Optimizer, updateRule } from "../optimizer/optimizer.js";
import type { UpdateRule } from "../optimizer/rule.js";
import { programBuilder } from "../program/builder.js";
import { differentiate } from "../program/differentiate.js";
import { optimize } from "../program/optimize.js";
import type { Program } from "../program/program.js";
import { keysOf } from "../support/options.js";
import { trainedParameters } from "./fine-tuning.js";
import type { DropoutMask, Parameter } from "./layer-context.js";
import { type Lowered, lower } from "./lower.js";
import type { Model } from "./model.js";

/** A program of a model and what must be fed to it beyond the images. */
export interface ModelProgram {
  readonly program: Program;
  readonly parameters: readonly Parameter[];
  readonly masks: readonly DropoutMask[];
}

/**
 * What the model says of a batch: `images` `[N, C, H, W]` in, `logits` and `probabilities` `[N, classes]` out. Dropout
 * does nothing.
 */
export function inferenceProgram(model: Model, batch: number): ModelProgram {
  checkBatch(batch);
  const { builder, logits, parameters, masks } = lower(model, { batch, training: false });
  builder.output(logits, "logits");
  builder.output(builder.apply("softmax", [logits], {}, "probabilities"), "probabilities");
  return { program: optimize(named(builder.build(), "inference")), parameters, masks };
}

/**
 * What each layer makes of a batch: `images` in, and dropout masks in training, the output of every layer out under the
 * layer's name. One that changes nothing gives what the one before it gave.
 */
export function layersProgram(model: Model, batch: number, { training }: { readonly training: boolean }): ModelProgram {
  checkBatch(batch);
  const { builder, layers, parameters, masks } = lower(model, { batch, training });
  for (const { layer, value } of layers) builder.output(value, layer.name);
  return { program: optimize(named(builder.build(), "layers")), parameters, masks };
}

/**
 * Loss and gradients of a batch: `images`, `labels` `[N, classes]` and dropout masks in; `loss`, `logits` and a
 * `gradient:` of every parameter out.
 */
export function gradientProgram(model: Model, batch: number): ModelProgram {
  const { program, gradients, parameters, masks } = differentiated(model, batch);
  const outputs = { ...program.outputs };
  for (const [parameter, gradient] of gradients) outputs[`gradient:${parameter}`] = gradient;
  return { program: optimize(named({ ...program, outputs }, "gradients")), parameters, masks };
}

/**
 * One training step: `images`, `labels` `[N, classes]`, dropout masks and the optimizer's scalars (`optimizerScalars`) in;
 * the batch's `loss` and `logits` from before the update out; every parameter, and what the optimizer keeps of it
 * (`optimizerStart` of the `trainedParameters`), assigned. A parameter whose learning rate is multiplied by 0 is frozen: it has no
 * gradient, and nothing is kept of it. Throws `InvalidArgumentError` for an optimizer that makes no sense and for a model of which
 * everything is frozen.
 */
export function trainingProgram(model: Model, batch: number, optimizer: Optimizer): ModelProgram {
  const rule = updateRule(optimizer);
  const { program, gradients, parameters, masks } = differentiated(model, batch, trainedParameters);
  const trained = trainedParameters(parameters);
  return {
    program: optimize(named(withUpdates(program, gradients, trained, rule), "training")),
    parameters,
    masks,
  };
}

function differentiated(
  model: Model,
  batch: number,
  wanted: (parameters: readonly Parameter[]) => readonly Parameter[] = (all) => all,
) {
  checkBatch(batch);
  const lowered = lower(model, { batch, training: true });
  const parameters = wanted(lowered.parameters);
  if (parameters.length === 0) {
    throw new InvalidArgumentError(`There is nothing to train in "${model.name}": every layer is frozen.`);
  }
  const loss = withLoss(lowered, [batch, model.classes]);
  const { program, gradients } = differentiate(
    lowered.builder.build(),
    loss,
    parameters.map(({ name }) => name),
  );
  return { program, gradients, parameters: lowered.parameters, masks: lowered.masks };
}

function withLoss({ builder, logits }: Lowered, labelsShape: readonly [number, number]): string {
  const labels = builder.input("labels", labelsShape);
  const loss = builder.apply("softmaxCrossEntropy", [logits, labels], {}, "loss");
  builder.output(loss, "loss");
  builder.output(logits, "logits");
  return loss;
}

function withUpdates(
  program: Program,
  gradients: ReadonlyMap<string, string>,
  parameters: readonly Parameter[],
  rule: UpdateRule,
): Program {
  const builder = programBuilder(program);
  for (const scalar of keysOf(rule.scalars({ step: 0, learningRate: 0 }))) builder.input(scalar, []);
  for (const { name: weight, shape, settings } of parameters) {
    for (const slot of rule.slots) builder.variable(slotOf(weight, slot), shape);
    const gradient = gradients.get(weight)!;
    rule.update({ builder, weight, gradient, rate: settings.learningRate, decay: settings.weightDecay });
  }
  return builder.build();
}

function named(program: Program, purpose: string): Program {
  return { ...program, name: `${program.name} ${purpose}` };
}

function checkBatch(batch: number): void {
  if (!Number.isSafeInteger(batch) || batch < 1) {
    throw new InvalidArgumentError(`The batch size must be a whole number of at least 1; got ${batch}.`);
  }
}
