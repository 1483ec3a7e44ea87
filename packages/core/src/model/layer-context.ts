import type { ProgramBuilder } from "../program/builder.js";
import type { Shape } from "../tensor.js";
import type { ParameterSettings } from "./layer.js";

/** A weight or bias of a model. */
export interface Parameter {
  /** `"conv1.weight"`: the layer's name and what it is. */
  readonly name: string;
  /** Filters `[O, C/groups, kH, kW]`, dense weights `[out, in]`, biases `[out]`. */
  readonly shape: Shape;
  readonly layer: string;
  /** Inputs of one output of the layer, as PyTorch counts them. */
  readonly fanIn: number;
  /** Outputs one input of the layer reaches, as PyTorch counts them. */
  readonly fanOut: number;
  readonly settings: ParameterSettings;
}

/** A dropout mask that the program takes as an input. */
export interface DropoutMask {
  /** Name of the input, `"drop6.mask"`. */
  readonly input: string;
  readonly layer: string;
  readonly shape: Shape;
  readonly rate: number;
}

/** What it takes to write one layer. */
export interface LayerContext {
  readonly input: string;
  readonly inputShape: Shape;
  readonly training: boolean;
  readonly apply: ProgramBuilder["apply"];
  /** Declares a parameter and returns its value. */
  parameter(parameter: Parameter): string;
  /** Declares a dropout mask and returns its value. */
  mask(mask: DropoutMask): string;
}
