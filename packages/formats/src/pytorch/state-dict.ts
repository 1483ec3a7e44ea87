import { sizeOf, WeightsError } from "@alexnet/core";
import { TorchTensor } from "./tensor.js";

/** How deep inside of a checkpoint weights are looked for, and in how many dicts. */
const DEEPEST = 6;
const MOST_DICTS = 10_000;

/** What trainings call what they keep of the optimizer. */
const NOT_WEIGHTS = /optim|momentum|scheduler|scaler/i;

/** The tensors of one dict of a checkpoint, and where in it that was. */
interface Found {
  /** `state_dict`, or `""` for the file itself. */
  readonly path: string;
  readonly tensors: ReadonlyMap<string, TorchTensor>;
}

/**
 * The weights in what a file of PyTorch holds: a `state_dict`, or a dict of a training that has one inside, under whatever
 * name. Of several the one with most elements is taken, of equal ones (a moving average beside the weights) the first.
 * Throws `WeightsError` when there is none.
 */
export function stateDictOf(value: unknown): Found {
  const found: Found[] = [];
  const seen = new Set<unknown>();
  visit(value, "", 0);
  const [best] = found
    .map((candidate) => ({ candidate, elements: elementsOf(candidate) }))
    .sort((a, b) => b.elements - a.elements);
  if (!best) throw new WeightsError("The file holds no state_dict: no dict in it maps names to tensors.");
  return best.candidate;

  function visit(inner: unknown, path: string, depth: number): void {
    if (!(inner instanceof Map) || depth > DEEPEST || seen.has(inner) || seen.size > MOST_DICTS) return;
    seen.add(inner);
    const named = [...inner].filter((entry): entry is [string, unknown] => typeof entry[0] === "string");
    const tensors = named.filter((entry): entry is [string, TorchTensor] => entry[1] instanceof TorchTensor);
    if (tensors.length > 0) found.push({ path, tensors: new Map(tensors) });
    for (const [name, child] of named) {
      if (!NOT_WEIGHTS.test(name)) visit(child, path === "" ? name : `${path}.${name}`, depth + 1);
    }
  }
}

function elementsOf({ tensors }: Found): number {
  return [...tensors.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
