import { CheckpointError, optimizerFault, type TrainingState } from "@alexnet/core";
import { fieldsOf, messageOf } from "@alexnet/core/support";

/** Version of the folder's layout and of `state.json`; a reader refuses any other. */
export const formatVersion = 1;

/** What the file has, by its names: the training's identity is its recipe there. */
const required: readonly (readonly [name: string, what: string, holds: (value: unknown) => boolean])[] = [
  ["model", "a string", (value) => typeof value === "string"],
  ["step", "a non-negative whole number", isCount],
  ["epoch", "a non-negative whole number", isCount],
  ["seed", "a number", (value) => typeof value === "number"],
  ["schedule", "best, stale and reductions", (value) => isProgress(value) && isCount(fieldsOf(value).reductions)],
  ["earlyStop", "best and stale", isProgress],
  ["epochTotals", "sums: examples, loss, correct and seconds", areTotals],
  ["best", "step, epoch, loss and top1, where it is there", (value) => value === undefined || isBest(value)],
  ["evaluationDue", "true, where it is there", (value) => value === undefined || value === true],
  ["recipe", "an object", isRecord],
];

/** `state.json`, for people to read too. Throws `CheckpointError` for what JSON cannot hold, such as an infinity. */
export function encodeState(state: TrainingState): Uint8Array {
  const { identity, ...others } = state;
  const written = { ...others, recipe: identity };
  const fault = stateFault(written);
  if (fault !== undefined) {
    throw new CheckpointError(`The training state cannot be saved: ${fault}.`);
  }
  return new TextEncoder().encode(`${JSON.stringify({ formatVersion, state: written }, undefined, 2)}\n`);
}

/** Reads `state.json`. Throws `CheckpointError`, whose message names the fault alone. */
export function decodeState(bytes: Uint8Array): TrainingState {
  let fields: unknown;
  try {
    fields = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new CheckpointError(`it is not JSON: ${messageOf(cause)}`, { cause });
  }
  const { formatVersion: version, state } = isRecord(fields) ? fields : {};
  if (version !== formatVersion) {
    throw new CheckpointError(
      `it is of format version ${shown(version)}, and this release reads version ${formatVersion}`,
    );
  }
  const fault = stateFault(state);
  if (fault !== undefined) {
    throw new CheckpointError(fault);
  }
  // Its fields were looked at above.
  const { recipe, ...others } = state as Omit<TrainingState, "identity"> & { recipe: TrainingState["identity"] };
  return { ...others, identity: recipe };
}

function stateFault(state: unknown): string | undefined {
  if (!isRecord(state)) {
    return `"state" must be an object; got ${shown(state)}`;
  }
  for (const [name, what, holds] of required) {
    if (!holds(state[name])) {
      return `"${name}" must be ${what}; got ${shown(state[name])}`;
    }
  }
  const optimizer = optimizerFault(fieldsOf(state.recipe).optimizer);
  if (optimizer !== undefined) {
    return `"recipe.optimizer" makes no sense: ${optimizer}`;
  }
  const path = nonFinitePath(state);
  return path && `"${path.join(".")}" must be finite`;
}

/** Where the first NaN or infinity is: JSON would turn it into `null`. */
function nonFinitePath(value: unknown): string[] | undefined {
  if (typeof value === "number") {
    return Number.isFinite(value) ? undefined : [];
  }
  for (const [key, inner] of Object.entries(value ?? {})) {
    const path = typeof inner === "string" ? undefined : nonFinitePath(inner);
    if (path !== undefined) {
      return [key, ...path];
    }
  }
  return undefined;
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");
}

/** A figure, `null` before the first, and for how long there has been none that is better. */
function isProgress(value: unknown): boolean {
  const { best, stale } = fieldsOf(value);
  return (best === null || typeof best === "number") && isCount(stale);
}

function areTotals(value: unknown): boolean {
  const { examples, loss, correct, seconds } = fieldsOf(value);
  return isCount(examples) && isCount(correct) && typeof loss === "number" && typeof seconds === "number";
}

function isBest(value: unknown): boolean {
  const { step, epoch, loss, top1 } = fieldsOf(value);
  return isCount(step) && isCount(epoch) && typeof loss === "number" && typeof top1 === "number";
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
