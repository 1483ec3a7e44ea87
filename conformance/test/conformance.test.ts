import { onnxBackend } from "@alexnet/backend-onnx";
import { referenceBackend } from "@alexnet/backend-reference";
import { conformance } from "../src/vitest.js";

conformance({ name: "onnx:cpu", create: () => onnxBackend() });
conformance({ name: "reference", create: async () => referenceBackend() });
