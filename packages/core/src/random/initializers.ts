import { InvalidArgumentError } from "../errors.js";
import { checkKind, checkNames, describeValue, fieldsOf } from "../support/options.js";
import type { RandomKey } from "./random.js";
import { normal, uniform } from "./random.js";

/**
 * How a parameter starts. "fan in" is the number of inputs of one output of the layer, "fan out" the number of outputs
 * one input reaches, as PyTorch counts them.
 *
 * - `constant`: one value, for biases.
 * - `normal`: mean 0 and the given standard deviation (the 2012 paper: 0.01).
 * - `uniform`: in `[−bound, bound)`.
 * - `xavierUniform`: bound `√(6 / (fan in + fan out))` (Glorot and Bengio, 2010).
 * - `heNormal`: standard deviation `√(2 / fan in)` (He et al., 2015).
 * - `pytorch`: bound `1 / √(fan in)`, PyTorch's default for weights and biases of convolutions and dense layers.
 */
export type Initializer =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "normal"; readonly standardDeviation: number }
  | { readonly kind: "uniform"; readonly bound: number }
  | { readonly kind: "xavierUniform" }
  | { readonly kind: "heNormal" }
  | { readonly kind: "pytorch" };

/** What each kind of initializer is told beside its kind. */
const settings = {
  constant: ["value"],
  normal: ["standardDeviation"],
  uniform: ["bound"],
  xavierUniform: [],
  heNormal: [],
  pytorch: [],
} as const satisfies Readonly<Record<Initializer["kind"], readonly string[]>>;

/** Throws `InvalidArgumentError` for a kind or setting that no initializer has; `what` names this one. */
export function checkInitializer(initializer: Initializer, what: string): void {
  const { kind, ...rest } = initializer;
  checkKind(`${what}: kind`, kind, Object.keys(settings));
  const known = settings[kind];
  checkNames(what, rest, known);
  for (const name of known) {
    const value = fieldsOf(rest)[name];
    if (!Number.isFinite(value))
      throw new InvalidArgumentError(`${what}: ${name} must be a number; got ${describeValue(value)}.`);
  }
}

/** The first values of a parameter of `count` elements. */
export function initialValues(
  initializer: Initializer,
  { fanIn, fanOut }: { readonly fanIn: number; readonly fanOut: number },
  key: RandomKey,
  count: number,
): Float32Array {
  const within = (bound: number): Float32Array => uniform(key, count).map((draw) => (2 * draw - 1) * bound);
  const around = (standardDeviation: number): Float32Array =>
    normal(key, count).map((draw) => draw * standardDeviation);
  switch (initializer.kind) {
    case "constant":
      return new Float32Array(count).fill(initializer.value);
    case "normal":
      return around(initializer.standardDeviation);
    case "uniform":
      return within(initializer.bound);
    case "xavierUniform":
      return within(Math.sqrt(6 / (fanIn + fanOut)));
    case "heNormal":
      return around(Math.sqrt(2 / fanIn));
    case "pytorch":
      return within(1 / Math.sqrt(fanIn));
  }
}
