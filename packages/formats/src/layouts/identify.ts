import type { Model, Preprocessing, TensorMap, ZooOptions } from "@alexnet/core";
import { renamedForTwin, zooTwin } from "../networks/zoo-twin.js";
import type { DecodedNetwork, DecodedWeights } from "../weights.js";
import { fromLayout } from "./arrange.js";
import type { Layout } from "./layout.js";
import { type Recognized, recognize } from "./recognize.js";
import { unwrappings } from "./unwrap.js";

/** Weights by our names, as far as the file could be told. */
export interface IdentifiedWeights {
  readonly parameters: TensorMap;
  /** As in `DecodedWeights`. */
  readonly skipped: Readonly<Record<string, string>>;
  /** The layout that the file had; `undefined` where it fits none, and its names are kept. */
  readonly layout?: Layout;
  /** Models of the zoo that the parameters fit: several where these differ in what has no parameters. */
  readonly models: readonly { readonly name: string; readonly options: ZooOptions }[];
  /** The model that the file describes, when the zoo has none that computes the same. */
  readonly model?: Model;
  /** How images are to be prepared, where the family says that. */
  readonly preprocessing?: Preprocessing;
  /** What comes nearest, when nothing fits. */
  readonly nearest?: Recognized;
}

/**
 * Tells whose weights these are, and puts them under our names and in our order: by the network that the file describes, or
 * else by names and shapes. `module.` and the like are taken off the names where that makes them fit.
 */
export function identifyWeights({
  tensors,
  skipped,
  network,
}: Pick<DecodedWeights, "tensors" | "skipped" | "network">): IdentifiedWeights {
  if (network) return ofNetwork(network, tensors, skipped);
  let nearest: Recognized | undefined;
  for (const rename of unwrappings(tensors)) {
    const named = renamed(tensors, rename);
    const candidates = recognize(named);
    const [best] = candidates;
    if (best && best.missing.length < (nearest?.missing.length ?? Infinity)) nearest = best;
    if (!best || best.missing.length > 0) continue;
    const fitting = candidates.filter(
      ({ layout, missing, surplus }) =>
        layout.family === best.layout.family && missing.length === 0 && surplus.length === best.surplus.length,
    );
    return {
      parameters: fromLayout(best.layout, best.model, named),
      skipped: renamed(skipped, rename),
      layout: best.layout,
      models: fitting.map(({ model, options }) => ({ name: model.name, options })),
      ...(best.layout.preprocessing && { preprocessing: best.layout.preprocessing }),
    };
  }
  const [, withoutWrappers = (name: string) => name] = unwrappings(tensors);
  return {
    parameters: renamed(tensors, withoutWrappers),
    skipped: renamed(skipped, withoutWrappers),
    models: [],
    ...(nearest && { nearest }),
  };
}

function ofNetwork(
  { model, layout, preprocessing = layout.preprocessing }: DecodedNetwork,
  tensors: TensorMap,
  skipped: Readonly<Record<string, string>>,
): IdentifiedWeights {
  const parameters = fromLayout(layout, model, tensors);
  const twin = zooTwin(model);
  return {
    parameters: twin ? renamedForTwin(model, twin.model, parameters) : parameters,
    skipped,
    layout,
    ...(twin ? { models: [{ name: twin.name, options: twin.options }] } : { models: [], model }),
    ...(preprocessing && { preprocessing }),
  };
}

function renamed<Value>(
  entries: Readonly<Record<string, Value>>,
  rename: (name: string) => string,
): Readonly<Record<string, Value>> {
  const changed = Object.entries(entries).map(([name, value]) => [rename(name), value] as const);
  // Names that would become the same stay as they are.
  return new Set(changed.map(([name]) => name)).size < changed.length ? entries : Object.fromEntries(changed);
}
