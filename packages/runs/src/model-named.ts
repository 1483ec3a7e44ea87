import { type Model, parseModel, WeightsError, zoo } from "@alexnet/core";
import type { ModelConfig } from "./config.js";

/** The names that the models of the zoo have. */
export const modelNames: readonly string[] = zoo.map(({ name }) => name);

/**
 * The zoo's model of this name, or the one that is defined instead. Throws `WeightsError` when there is neither, and core's errors
 * for options and definitions that do not fit.
 */
export function modelNamed({ name, options, definition }: ModelConfig): Model {
  if (definition) return parseModel(definition);
  const entry = zoo.find((candidate) => candidate.name === name);
  if (!entry) {
    throw new WeightsError(
      `The model ${JSON.stringify(name)} is none of the zoo's (${modelNames.join(", ")}): it has to be given.`,
    );
  }
  return entry.create(options);
}
