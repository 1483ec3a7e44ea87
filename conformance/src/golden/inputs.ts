import { type Model, type ModelProgram, oneHot, type Parameter, sizeOf, type Tensor, type TensorMap } from "@alexnet/core";
import { uniform } from "@alexnet/core/random";

/** The seeded weights of the goldens; `golden/generate.py` computes the same bits. */
export function goldenParameters(model: Model, parameters: readonly Parameter[], seed: number): TensorMap {
  const weights = new Map(parameters.map((parameter) => [parameter.layer, parameter]));
  const values: Record<string, Tensor> = {};
  for (const parameter of parameters) {
    const { name, shape, layer } = parameter;
    const bound = name.endsWith(".bias") ? 0.1 : weightBound(model, weights.get(layer)!);
    values[name] = { shape, data: spread(uniform({ seed, purpose: `golden:${name}` }, sizeOf(shape)), bound) };
  }
  return values;
}

/**
 * Draws from [0, 1) as draws from [−bound, bound), in their own array: of sixty million weights a callback each would be half
 * the time of a model's checks.
 */
function spread(draws: Float32Array, bound: number): Float32Array {
  for (let index = 0; index < draws.length; index++) draws[index] = (2 * draws[index]! - 1) * bound;
  return draws;
}

/** He's bound keeps ReLU networks alive; sigmoids get twice Xavier's. */
function weightBound(model: Model, { fanIn, fanOut }: Parameter): number {
  const sigmoids = model.layers.some(({ kind }) => kind === "sigmoid");
  return sigmoids ? 2 * Math.sqrt(6 / (fanIn + fanOut)) : Math.sqrt(6 / fanIn);
}

/** The seeded images, labels and dropout masks of the goldens. */
export function goldenFeed(
  model: Model,
  { program, masks }: Pick<ModelProgram, "program" | "masks">,
  seed: number,
  step = 0,
): TensorMap {
  const shape = program.inputs["images"]!;
  const pixels = spread(uniform({ seed, purpose: "golden:images", step }, sizeOf(shape)), 1);
  const feed: Record<string, Tensor> = { images: { shape, data: pixels } };
  if (program.inputs["labels"]) {
    const classes = uniform({ seed, purpose: "golden:labels", step }, shape[0]!);
    feed["labels"] = oneHot(Int32Array.from(classes, (draw) => Math.floor(draw * model.classes)), model.classes);
  }
  for (const mask of masks) {
    const keep = 1 - mask.rate;
    const chances = uniform({ seed, purpose: `golden:mask:${mask.layer}`, step }, sizeOf(mask.shape));
    feed[mask.input] = { shape: mask.shape, data: chances.map((chance) => (chance < keep ? 1 / keep : 0)) };
  }
  return feed;
}
