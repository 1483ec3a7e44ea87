import { ShapeError } from "../errors.js";
import { scalarNames, slotSuffixes } from "../optimizer/names.js";
import { type ProgramBuilder, programBuilder } from "../program/builder.js";
import { formatShape, isShape2, isShape4, type Shape, type Shape4, sizeOf } from "../tensor.js";
import { lowerAdaptiveAvgPool } from "./adaptive-pooling.js";
import type { Layer } from "./layer.js";
import type { DropoutMask, LayerContext, Parameter } from "./layer-context.js";
import type { Model } from "./model.js";

/** Where a layer ended up in the program. */
export interface LoweredLayer {
  readonly layer: Layer;
  /** The value that is the layer's output. */
  readonly value: string;
  readonly shape: Shape;
  readonly parameters: readonly Parameter[];
  /** Names of the values its operations define. */
  readonly values: readonly string[];
}

/** A model written as operations. */
export interface Lowered {
  /** Holds the program so far; go on from here. */
  readonly builder: ProgramBuilder;
  /** Value of the last layer, `[N, classes]`. */
  readonly logits: string;
  readonly layers: readonly LoweredLayer[];
  readonly parameters: readonly Parameter[];
  readonly masks: readonly DropoutMask[];
}

/**
 * Writes a model as operations on a batch of images: the input `images` `[N, C, H, W]`, one variable a parameter, and in
 * training one input a dropout mask. Without training, dropout does nothing.
 */
export function lower(
  model: Pick<Model, "name" | "inputShape" | "layers">,
  options: { readonly batch: number; readonly training: boolean },
): Lowered {
  const builder = programBuilder(model.name);
  const layers: LoweredLayer[] = [];
  const masks: DropoutMask[] = [];
  let value = builder.input("images", [options.batch, ...model.inputShape]);
  for (const layer of model.layers) {
    const parameters: Parameter[] = [];
    const values: string[] = [];
    value = lowerLayer(layer, {
      input: value,
      inputShape: builder.shape(value),
      training: options.training,
      apply: (kind, inputs, attributes, name) => {
        const output = builder.apply(kind, inputs, attributes, valueName(name));
        values.push(output);
        return output;
      },
      parameter: (parameter) => {
        parameters.push(parameter);
        return builder.variable(parameter.name, parameter.shape);
      },
      mask: (mask) => {
        masks.push(mask);
        return builder.input(mask.input, mask.shape);
      },
    });
    layers.push({ layer, value, shape: builder.shape(value), parameters, values });
  }
  return { builder, logits: value, layers, parameters: layers.flatMap((layer) => layer.parameters), masks };
}

/** What programs of models declare beside the values of their layers. */
const whole = ["images", "labels", ...scalarNames].join("|");
const ends = ["weight", "bias", "mask", ...Object.values(slotSuffixes)].join("|");
const DECLARED = new RegExp(`^(${whole})$|\\.(${ends})$`);

/** Layers may be called anything: the value of one that has the name of something declared gets another. */
function valueName(name: string | undefined): string | undefined {
  return name !== undefined && DECLARED.test(name) ? `${name}#value` : name;
}

function lowerLayer(layer: Layer, context: LayerContext): string {
  const { input, inputShape, apply } = context;
  const { name } = layer;
  switch (layer.kind) {
    case "conv2d": {
      const [, channels] = expectImages(layer, inputShape);
      const { filters, kernel, stride, padding, dilation, groups } = layer;
      const shape = [filters, Math.floor(channels / groups), ...kernel];
      const receptiveField = kernel[0] * kernel[1];
      const weighted = (weight: string, output: string): string =>
        apply("conv2d", [input, weight], { stride, padding, dilation, groups }, output);
      return lowerWeighted(layer, context, shape, filters * receptiveField, weighted);
    }
    case "dense": {
      if (!isShape2(inputShape)) {
        throw wrongInput(layer, inputShape, "vectors [N, features]; put a flatten layer before it");
      }
      const [, features] = inputShape;
      const weighted = (weight: string, output: string): string =>
        apply("matmul", [input, weight], { transposeA: false, transposeB: true }, output);
      return lowerWeighted(layer, context, [layer.units, features], layer.units, weighted);
    }
    case "relu":
    case "sigmoid":
    case "tanh":
      return apply(layer.kind, [input], {}, name);
    case "maxPool":
      return apply("maxPool", [input], { window: layer.window, stride: layer.stride, padding: layer.padding }, name);
    case "avgPool":
      return apply("avgPool", [input], { window: layer.window, stride: layer.stride }, name);
    case "adaptiveAvgPool":
      return lowerAdaptiveAvgPool(layer, expectImages(layer, inputShape), context);
    case "lrn": {
      const [batch, channels, ...image] = expectImages(layer, inputShape);
      const { size, k, alpha, beta, groups } = layer;
      if (groups === 1) return apply("lrn", [input], { size, k, alpha, beta }, name);
      if (channels % groups !== 0) {
        throw new ShapeError(
          `Layer "${name}" (lrn) cannot cut the ${channels} channels of ${formatShape(inputShape)} into ${groups} groups.`,
        );
      }
      // Side by side along the first axis, groups do not see each other: the values stay where they are.
      const apart = { shape: [batch * groups, channels / groups, ...image] };
      const grouped = apply("reshape", [input], apart, `${name}.groups.input`);
      const normalized = apply("lrn", [grouped], { size, k, alpha, beta }, `${name}.groups`);
      return apply("reshape", [normalized], { shape: inputShape }, name);
    }
    case "dropout": {
      if (!context.training || layer.rate === 0) return input;
      const mask = context.mask({ input: `${name}.mask`, layer: name, shape: inputShape, rate: layer.rate });
      return apply("multiply", [input, mask], {}, name);
    }
    case "flatten": {
      const [batch = 0, ...rest] = inputShape;
      return apply("reshape", [input], { shape: [batch, sizeOf(rest)] }, name);
    }
  }
}

/** A layer with a weight and, as a rule, a bias; its output is named after the layer in either case. */
function lowerWeighted(
  layer: Extract<Layer, { kind: "conv2d" | "dense" }>,
  context: LayerContext,
  shape: Shape,
  fanOut: number,
  weighted: (weight: string, output: string) => string,
): string {
  const { name, weight, bias } = layer;
  const common = { layer: name, fanIn: sizeOf(shape.slice(1)), fanOut };
  const weightValue = context.parameter({ ...common, name: `${name}.weight`, shape, settings: weight });
  if (!bias) return weighted(weightValue, name);
  const biasValue = context.parameter({ ...common, name: `${name}.bias`, shape: shape.slice(0, 1), settings: bias });
  return context.apply("addBias", [weighted(weightValue, `${name}.weighted`), biasValue], {}, name);
}

function expectImages(layer: Layer, shape: Shape): Shape4 {
  if (!isShape4(shape)) throw wrongInput(layer, shape, "images [N, C, H, W]");
  return shape;
}

function wrongInput({ name, kind }: Layer, shape: Shape, wanted: string): ShapeError {
  return new ShapeError(`Layer "${name}" (${kind}) takes ${wanted}; got ${formatShape(shape)}.`);
}
