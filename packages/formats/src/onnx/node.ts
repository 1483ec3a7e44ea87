import { type Tensor, WeightsError } from "@alexnet/core";
import { samePadding } from "../networks/pooling.js";
import type { Constant } from "./constant.js";
import type { Attribute, OnnxNode } from "./proto.js";

/** Two numbers of a node: a window, a stride, a dilation. */
export type Pair = readonly [height: number, width: number];

/** A constant that is a tensor. */
export type Weights = Constant & { readonly tensor: Tensor };

/** The sides that a convolution or pooling pads, whichever way it says so. */
export function paddingOf(
  node: OnnxNode,
  [, height = 1, width = 1]: readonly number[],
  window: Pair,
  stride: Pair,
): readonly [number, number, number, number] {
  const automatic = node.attributes.get("auto_pad") ?? "NOTSET";
  if (automatic === "VALID") return [0, 0, 0, 0];
  if (automatic === "SAME_UPPER") return samePadding([height, width], window, stride);
  if (automatic !== "NOTSET") throw refusal(node, `is padded ${String(automatic)}`);
  const pads = node.attributes.get("pads") ?? [0, 0, 0, 0];
  if (!isNumbers(pads) || pads.length !== 4) throw refusal(node, "has no padding of four sides");
  return [pads[0]!, pads[1]!, pads[2]!, pads[3]!];
}

export function pairAttribute(node: OnnxNode, name: string, otherwise?: Pair): Pair {
  const value = node.attributes.get(name) ?? otherwise;
  if (!isNumbers(value) || value.length !== 2) throw refusal(node, `has no ${name} of two numbers`);
  return pairOf(value);
}

export function pairOf([height = 0, width = 0]: readonly number[]): Pair {
  return [height, width];
}

/** Whole numbers that a node is told, or takes as a constant. */
export function intsOf(node: OnnxNode, attribute: string, constants: ReadonlyMap<string, Constant>): readonly number[] {
  const given = node.attributes.get(attribute) ?? constants.get(node.inputs[1] ?? "");
  if (isNumbers(given)) return given;
  return typeof given === "object" ? (given.ints ?? []) : [];
}

export function isNumbers(value: Attribute | undefined): value is readonly number[] {
  return Array.isArray(value);
}

export function numberOf(node: OnnxNode, name: string, otherwise?: number): number {
  const value = node.attributes.get(name) ?? otherwise;
  if (typeof value !== "number") throw refusal(node, `lacks ${name}`);
  return value;
}

/** A constant that must be a tensor. */
export function weightsOf(node: OnnxNode, name: string, constants: ReadonlyMap<string, Constant>): Weights {
  const constant = constants.get(name);
  if (!constant) throw refusal(node, `has ${JSON.stringify(name)}, which is no constant`);
  const { type, tensor } = constant;
  if (!tensor) throw refusal(node, `has ${JSON.stringify(name)} of type ${type}`);
  return { type, tensor };
}

/** What a node is not here, with its name and kind. */
export function refusal({ name, kind, outputs }: OnnxNode, what: string): WeightsError {
  const where = name || outputs[0] || "";
  return new WeightsError(`The node ${JSON.stringify(where)} (${kind || "of no kind"}) of the ONNX model ${what}.`);
}
