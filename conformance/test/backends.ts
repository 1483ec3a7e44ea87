import { onnxBackend } from "@alexnet/backend-onnx";
import { referenceBackend } from "@alexnet/backend-reference";
import type { Backend } from "@alexnet/core";

/** Every backend that is always there, and how far rounding may take it from float64, relative to the largest value. */
export const backends: readonly {
  readonly name: string;
  readonly create: () => Promise<Backend>;
  readonly tolerance: number;
}[] = [
  { name: "onnx:cpu", create: () => onnxBackend(), tolerance: 5e-6 },
  { name: "reference", create: async () => referenceBackend(), tolerance: 1e-11 },
];
