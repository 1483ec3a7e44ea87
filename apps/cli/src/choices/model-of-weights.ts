import type { Model } from "@alexnet/core";
import { type LoadedWeights, modelOfWeights } from "@alexnet/runs";
import { inOurWords } from "../program/words.js";
import { type ModelFlags, modelOptions } from "./model-options.js";
import { zooEntry } from "./zoo.js";

const WORDS = { "name the model": "name it with --model", "Name the model:": "Name it with --model:" };

/** The model that weights belong to: what their file says, and what the flags say instead. Throws `WeightsError`. */
export function modelOf(weights: LoadedWeights, flags: ModelFlags & { readonly model?: string }): Promise<Model> {
  const { model: name } = flags;
  const choice = { ...(name !== undefined && { model: zooEntry(name).name }), ...modelOptions(flags) };
  return inOurWords(WORDS, () => modelOfWeights(weights, choice));
}
