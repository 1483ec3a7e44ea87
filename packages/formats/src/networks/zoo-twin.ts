import {
  type Layer,
  type Model,
  parametersOf,
  type Shape,
  summarize,
  type TensorMap,
  type ZooOptions,
  zoo,
} from "@alexnet/core";

/** A model of the zoo that computes what another model does. */
export interface ZooTwin {
  readonly name: string;
  readonly options: ZooOptions;
  readonly model: Model;
}

/**
 * The model of the zoo that computes what this one does, whatever its layers are called and however they start: layers that do
 * nothing when a model answers (dropout, pooling to the size that is there) do not count. `undefined` when there is none.
 */
export function zooTwin(model: Model): ZooTwin | undefined {
  const [channels, height, width] = model.inputShape;
  if (height !== width) return undefined;
  const options = { classes: model.classes, channels, inputSize: height };
  const wanted = signature(model);
  for (const entry of zoo) {
    try {
      const candidate = entry.create(options);
      if (signature(candidate) === wanted) return { name: entry.name, options, model: candidate };
    } catch {
      // The zoo's model does not take images of this size.
    }
  }
  return undefined;
}

/** Parameters under the names that the twin's layers have. */
export function renamedForTwin(model: Model, twin: Model, parameters: TensorMap): TensorMap {
  const names = parametersOf(model).map(({ name }) => name);
  const theirs = parametersOf(twin).map(({ name }) => name);
  const renames = new Map(names.map((name, index) => [name, theirs[index]!] as const));
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [renames.get(name) ?? name, value]));
}

/** What the layers compute, as text that is the same for two models that compute the same. */
function signature(model: Model): string {
  let shape: Shape = model.inputShape;
  const layers = summarize(model).layers.flatMap(({ layer, outputShape }) => {
    const input = shape;
    shape = outputShape.slice(1);
    return computed(layer, input);
  });
  return JSON.stringify(layers);
}

function computed(layer: Layer, [, ...image]: Shape): readonly unknown[] {
  if (layer.kind === "dropout") return [];
  if (layer.kind === "adaptiveAvgPool" && image.every((extent, axis) => extent === layer.outputSize[axis])) return [];
  const { name: _, ...rest } = layer;
  if (rest.kind === "lrn") {
    const { alpha, beta, k, ...counts } = rest;
    // Files have them in 32 bits, and some divided by the number of channels.
    return [{ ...counts, alpha: alpha.toPrecision(5), beta: beta.toPrecision(5), k: k.toPrecision(5) }];
  }
  if (!("weight" in rest)) return [rest];
  const { weight: __, bias, ...structure } = rest;
  return [{ ...structure, bias: bias !== undefined }];
}
