import { type Model, type ZooEntry, type ZooOptions, zoo } from "@alexnet/core";
import { UsageError } from "../program/errors.js";
import { unknownName } from "../program/suggest.js";

export const modelNames: readonly string[] = zoo.map(({ name }) => name);

/** The model of this name. Throws `UsageError` with the nearest name when there is none. */
export function zooEntry(name: string): ZooEntry {
  const entry = zoo.find((candidate) => candidate.name === name);
  if (!entry) throw unknownName("model", name, modelNames);
  return entry;
}

/** Makes the model. Throws `UsageError` for an option the model does not know, and core's errors for bad values. */
export function createModel({ name, options: known, create }: ZooEntry, options: ZooOptions): Model {
  if (options.towers !== undefined && !known.includes("towers")) {
    const those = zoo.filter((entry) => entry.options.includes("towers")).map((entry) => entry.name);
    throw new UsageError(`${name} has no towers to choose: --towers belongs to ${those.join(", ")}.`);
  }
  return create(options);
}
