import type { Shape } from "@alexnet/core";
import type { OperationAttribute, TensorFlowAddon } from "./addon.js";

/** A tensor of libtensorflow. */
export interface TensorFlowTensor {
  readonly id: number;
  readonly shape: Shape;
}

type AttributeValue = string | boolean | { readonly ints: readonly number[] } | { readonly int: number } | number;

/**
 * Runs an operation of TensorFlow by its name in TensorFlow's own registry. A number is a float attribute; integers are
 * told apart from floats because TensorFlow does.
 */
export type Execute = (
  name: string,
  inputs: readonly TensorFlowTensor[],
  attributes?: Readonly<Record<string, AttributeValue>>,
) => TensorFlowTensor;

/** Operations on float32, over the addon of tfjs-node. */
export function executor(addon: TensorFlowAddon): Execute {
  const attribute = (name: string, value: AttributeValue): OperationAttribute => {
    if (typeof value === "string") return { name, type: addon.TF_ATTR_STRING, value };
    if (typeof value === "boolean") return { name, type: addon.TF_ATTR_BOOL, value };
    if (typeof value === "number") return { name, type: addon.TF_ATTR_FLOAT, value };
    return { name, type: addon.TF_ATTR_INT, value: "ints" in value ? value.ints : value.int };
  };
  return (name, inputs, attributes = {}) => {
    const told = [
      { name: "T", type: addon.TF_ATTR_TYPE, value: addon.TF_FLOAT },
      ...Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    ];
    const ids = inputs.map(({ id }) => id);
    // One output was asked for.
    return addon.executeOp(name, told, ids, 1)[0] as TensorFlowTensor;
  };
}
