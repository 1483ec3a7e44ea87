import { type Model, zoo } from "@alexnet/core";

/** The models that PyTorch has computed goldens of, the whole zoo, by the name of their file in `golden/`. */
export const goldenModels: Readonly<Record<string, () => Model>> = Object.fromEntries(
  zoo.map(({ name, create }) => [name, () => create()]),
);
