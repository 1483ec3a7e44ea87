import type { TensorMap } from "@alexnet/core";

/** What a file of weights holds, under the names that it has there. */
export interface DecodedWeights {
  /** Tensors by name; float16 and bfloat16 are widened to float32. */
  readonly tensors: TensorMap;
  /** Tensors of whole numbers and other types that no parameter has, by name: left out, and their type in the file. */
  readonly skipped: Readonly<Record<string, string>>;
  /** The file's free text; empty where it has none. */
  readonly metadata: Readonly<Record<string, string>>;
}
