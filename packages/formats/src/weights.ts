import type { Model, Preprocessing, TensorMap } from "@alexnet/core";
import type { Layout } from "./layouts/layout.js";

/** A network that a file describes, beside the values of its weights. */
export interface DecodedNetwork {
  readonly model: Model;
  /** How the file's tensors are those of the model. */
  readonly layout: Layout;
  /** How images are to be prepared, where the file says that itself. */
  readonly preprocessing?: Preprocessing | undefined;
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
