import { type Model, WeightsError, zoo } from "@alexnet/core";
import type { ModelConfig } from "./config.js";

/** The names that the models of the zoo have. */
export const modelNames: readonly string[] = zoo.map(({ name }) => name);

/** The zoo's model of this name. Throws `WeightsError` when it has none, and core's errors for options that do not fit. */
export function modelNamed({ name, options }: ModelConfig): Model {
  const entry = zoo.find((candidate) => candidate.name === name);
  if (!entry) {
    throw new WeightsError(
      `The model ${JSON.stringify(name)} is none of the zoo's (${modelNames.join(", ")}): it has to be given.`,
    );
  }
  return entry.create(options);
}
