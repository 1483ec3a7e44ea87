import type { Preprocessing } from "@alexnet/core";

/**
 * How a family of programs keeps the parameters of one model: what it calls each, and in which order their values lie. A row
 * of a table; what is done with it is in `arrange.ts`.
 */
export interface Layout {
  /** Whose it is: `torchvision`. */
  readonly family: string;
  /** The model of the zoo. */
  readonly model: string;
  /** What the family calls each layer that has parameters; `undefined` where it has our names. */
  readonly layers?: Readonly<Record<string, string>>;
  /** What it puts behind a layer's name for weights and biases. */
  readonly suffixes: readonly [weight: string, bias: string];
  /** The axes of filters from the outermost on: outputs, inputs (of a group), height, width. Groups follow each other in O. */
  readonly filters: "OIHW" | "HWIO";
  /** The axes of dense weights. */
  readonly dense: "OI" | "IO";
  /** The order in which images are flattened before the first dense layer. */
  readonly flattened: "CHW" | "HWC";
  /** The order of the colors that the first layer takes. Ours are red first: others are turned round. */
  readonly colors: "RGB" | "BGR";
  /** How its images are prepared, colors being red first. */
  readonly preprocessing?: Preprocessing;
}
