import { InvalidArgumentError } from "../errors.js";
import { checkKind, checkOptions } from "../options.js";
import { programBuilder } from "../program/builder.js";
import { differentiate } from "../program/differentiate.js";
import { optimize } from "../program/optimize.js";
import type { Program } from "../program/program.js";
import type { DropoutMask, Parameter } from "./layer-context.js";
import { type Lowered, lower } from "./lower.js";
import type { Model } from "./model.js";

/** How weights are updated. Multipliers of single parameters come from the model. */
export interface Optimizer {
  /**
   * Where the learning rate stands.
   * - `"paper"` (Krizhevsky et al., 2012, section 5; Caffe): `v ← m·v − lr·(g + wd·w)`, `w ← w + v`.
   * - `"pytorch"` (`torch.optim.SGD`): `v ← m·v + g + wd·w`, `w ← w − lr·v`.
   *
   * The same thing while the learning rate is constant.
   */
  readonly convention: "paper" | "pytorch";
  /** `m`, at least 0 and below 1; with 0 no velocity is kept. */
  readonly momentum: number;
  /** `wd`, at least 0. */
  readonly weightDecay: number;
}

/** Plain stochastic gradient descent. */
export const plainSgd: Optimizer = { convention: "paper", momentum: 0, weightDecay: 0 };

/** The optimizer of the 2012 paper, section 5. */
export const paperSgd: Optimizer = { convention: "paper", momentum: 0.9, weightDecay: 0.0005 };

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
 * One training step: `images`, `labels` `[N, classes]`, dropout masks and the `learningRate` (a scalar) in; the batch's
 * `loss` and `logits` from before the update out; every parameter, and with momentum its velocity, assigned.
 */
export function trainingProgram(model: Model, batch: number, optimizer: Optimizer): ModelProgram {
  checkOptimizer(optimizer);
  const { program, gradients, parameters, masks } = differentiated(model, batch);
  return {
    program: optimize(named(withUpdates(program, gradients, parameters, optimizer), "training")),
    parameters,
    masks,
  };
}

/** The variable that holds the velocity of a parameter. */
export function velocityOf(parameter: string): string {
  return `${parameter}.velocity`;
}

function differentiated(model: Model, batch: number) {
  checkBatch(batch);
  const lowered = lower(model, { batch, training: true });
  const loss = withLoss(lowered, [batch, model.classes]);
  const { program, gradients } = differentiate(
    lowered.builder.build(),
    loss,
    lowered.parameters.map(({ name }) => name),
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
  { convention, momentum, weightDecay }: Optimizer,
): Program {
  const builder = programBuilder(program);
  const learningRate = builder.input("learningRate", []);
  for (const { name: weight, shape, settings } of parameters) {
    const gradient = gradients.get(weight)!;
    const rate = settings.learningRate;
    const decay = weightDecay * settings.weightDecay;
    const updated = `${weight}.updated`;
    if (momentum === 0) {
      const attributes = { momentum: 1, weightDecay: decay, rate };
      builder.assign(weight, builder.apply("sgdUpdate", [weight, weight, gradient, learningRate], attributes, updated));
      continue;
    }
    const velocity = builder.variable(velocityOf(weight), shape);
    const moved =
      convention === "paper"
        ? builder.apply(
            "sgdUpdate",
            [velocity, weight, gradient, learningRate],
            { momentum, weightDecay: decay, rate },
            `${velocity}.updated`,
          )
        : builder.apply(
            "sgdUpdate",
            [velocity, weight, gradient],
            { momentum, weightDecay: decay, rate: -1 },
            `${velocity}.updated`,
          );
    builder.assign(velocity, moved);
    builder.assign(
      weight,
      convention === "paper"
        ? builder.apply("add", [weight, moved], {}, updated)
        : builder.apply(
            "sgdUpdate",
            [weight, weight, moved, learningRate],
            { momentum: 1, weightDecay: 0, rate },
            updated,
          ),
    );
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

/** Throws `InvalidArgumentError` for an optimizer that makes no sense. */
export function checkOptimizer(optimizer: Optimizer): void {
  checkOptions("The optimizer", optimizer, { convention: true, momentum: true, weightDecay: true });
  const { convention, momentum, weightDecay } = optimizer;
  checkKind("The optimizer's convention", convention, ["paper", "pytorch"]);
  if (!(momentum >= 0 && momentum < 1)) {
    throw new InvalidArgumentError(`The momentum must be at least 0 and below 1; got ${momentum}.`);
  }
  if (!(weightDecay >= 0 && Number.isFinite(weightDecay))) {
    throw new InvalidArgumentError(`The weight decay must be a number of at least 0; got ${weightDecay}.`);
  }
}
