import type { Model, Preprocessing, Tensor, TensorMap } from "@alexnet/core";
import type { Layout } from "./layouts/layout.js";

/** A network that a file describes, beside the values of its weights. */
export interface DecodedNetwork {
  readonly model: Model;
  /** How the file's tensors are those of the model. */
  readonly layout: Layout;
  /** How images are to be prepared, where the file says that itself. */
  readonly preprocessing?: Preprocessing | undefined;
}

/** A tensor as it is in a file: its element type there, and its values where a parameter can have these. */
export interface StoredTensor {
  readonly type: string;
  readonly tensor?: Tensor | undefined;
}

/** What a file of weights holds, under the names that it has there. */
export interface DecodedWeights {
  /** Tensors by name; float16 and bfloat16 are widened to float32. */
  readonly tensors: TensorMap;
  /** The element type that each of them has in the file: `float32`, `float64`, `float16`, `bfloat16`, or one it is quantized to. */
  readonly types: Readonly<Record<string, string>>;
  /** Tensors of whole numbers and other types that no parameter has, by name: left out, and their type in the file. */
  readonly skipped: Readonly<Record<string, string>>;
  /** The file's free text; empty where it has none. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The network, in formats that describe it. */
  readonly network?: DecodedNetwork;
}

/** The tensors of a file, apart from those that no parameter can have. */
export function sorted(
  stored: readonly (readonly [name: string, StoredTensor])[],
): Pick<DecodedWeights, "tensors" | "types" | "skipped"> {
  const typesOf = (isRead: boolean): Readonly<Record<string, string>> =>
    Object.fromEntries(
      stored.filter(([, { tensor }]) => (tensor !== undefined) === isRead).map(([name, { type }]) => [name, type]),
    );
  const tensors = stored.flatMap(([name, { tensor }]) => (tensor ? [[name, tensor] as const] : []));
  return { tensors: Object.fromEntries(tensors), types: typesOf(true), skipped: typesOf(false) };
}
