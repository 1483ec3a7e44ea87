import { type Model, sameShape, type TensorMap, type ZooOptions, zoo } from "@alexnet/core";
import { type Arrangement, arrangementsOf } from "./arrange.js";
import { layouts, ownLayout } from "./families.js";
import type { Layout } from "./layout.js";

/** A layout that tensors may be in, and what there is of it. */
export interface Recognized {
  readonly layout: Layout;
  /** The model with as many classes and channels as the tensors have. */
  readonly model: Model;
  /** The options that make that model of the zoo's. */
  readonly options: ZooOptions;
  /** Names that the layout has and the file lacks, or has in another shape. */
  readonly missing: readonly string[];
  /** Names that the file has beside. */
  readonly surplus: readonly string[];
}

/**
 * The layouts that tensors fit, those that fit best first: by names and shapes, classes and channels aside. Several fit
 * equally where models differ in what has no parameters, as the 2012 AlexNet and Caffe's do.
 */
export function recognize(tensors: TensorMap): readonly Recognized[] {
  const candidates = [...layouts, ...zoo.map(({ name }) => ownLayout(name))];
  return candidates
    .flatMap((layout) => compare(layout, tensors) ?? [])
    .sort((a, b) => a.missing.length - b.missing.length || a.surplus.length - b.surplus.length);
}

/** Nothing where none of the layout's tensors is there. */
function compare(layout: Layout, tensors: TensorMap): Recognized | undefined {
  const entry = zoo.find(({ name }) => name === layout.model)!;
  const options = sizesOf(arrangementsOf(entry.create(), layout), layout, tensors);
  const model = entry.create(options);
  const expected = arrangementsOf(model, layout);
  const names = new Set(expected.map(({ name }) => name));
  const missing = expected.filter(({ name, fileShape }) => !fits(tensors, name, fileShape)).map(({ name }) => name);
  if (missing.length === expected.length) return undefined;
  return { layout, model, options, missing, surplus: Object.keys(tensors).filter((name) => !names.has(name)) };
}

function fits(tensors: TensorMap, name: string, shape: readonly number[]): boolean {
  const found = Object.hasOwn(tensors, name) ? tensors[name]?.shape : undefined;
  return found !== undefined && sameShape(found, shape);
}

/** Channels of the first layer and units of the last, as the tensors have them. */
function sizesOf(arrangements: readonly Arrangement[], layout: Layout, tensors: TensorMap): ZooOptions {
  const extent = (arrangement: Arrangement | undefined, axis: number): number | undefined => {
    const found =
      arrangement && Object.hasOwn(tensors, arrangement.name) ? tensors[arrangement.name]?.shape : undefined;
    return found?.length === arrangement?.fileShape.length ? found?.[axis] : undefined;
  };
  const filters = arrangements.find(({ shape }) => shape.length === 4);
  const last = arrangements.findLast(({ shape }) => shape.length === 2);
  const channels = extent(filters, layout.filters.indexOf("I"));
  const classes = extent(last, layout.dense.indexOf("O"));
  return { ...(channels && { channels }), ...(classes && { classes }) };
}
