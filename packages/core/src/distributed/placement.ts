import { InvalidArgumentError } from "../errors.js";
import type { Model } from "../model/model.js";
import { parametersOf } from "../model/parameters.js";
import { type Slot, slotOf, slotSuffixes } from "../optimizer/names.js";
import { keysOf } from "../support/options.js";

/** Which ranks have what: the rest of a division follows from it. */
export interface Placement {
  readonly ranks: number;
  /** Inputs and variables that are divided along their first axis: images of a batch, filters of a convolution, units of a dense layer. */
  readonly divided: readonly string[];
}

/** The ways in which a training is divided among ranks. */
export const divisions = ["data", "model", "hybrid"] as const;

/**
 * `data`: each rank has some of the images of a batch and all weights. `model`: each has all images and some of the filters and units of every
 * layer; for the 2012 paper's network on two ranks that is a tower each (section 3.5). `hybrid`: some of the images in the convolutions, some of
 * the units in the dense layers (Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014).
 */
export type Division = (typeof divisions)[number];

/**
 * The placement of a model's training. What cannot be cut into equal parts, such as ten classes by four, every rank has. Throws
 * `InvalidArgumentError` for convolutions in groups (towers) that ranks cannot share.
 */
export function placementOf(model: Model, division: Division, ranks: number): Placement {
  const images = division === "model" ? [] : ["images"];
  if (division === "data") return { ranks, divided: images };
  const kinds = division === "model" ? ["conv2d", "dense"] : ["dense"];
  const divided = new Set(model.layers.flatMap((layer) => (kinds.includes(layer.kind) ? [layer.name] : [])));
  for (const layer of model.layers) {
    if (layer.kind !== "conv2d" || !divided.has(layer.name) || layer.groups === 1 || layer.groups % ranks === 0)
      continue;
    throw new InvalidArgumentError(
      `${ranks} ranks cannot share the ${layer.groups} groups of "${layer.name}" in "${model.name}": divide the data, or take as many ranks as ` +
        "there are groups.",
    );
  }
  const shared = parametersOf(model).filter(({ layer, shape }) => divided.has(layer) && shape[0]! % ranks === 0);
  const slots = keysOf<Slot>(slotSuffixes);
  return {
    ranks,
    divided: [...images, ...shared.flatMap(({ name }) => [name, ...slots.map((slot) => slotOf(name, slot))])],
  };
}
