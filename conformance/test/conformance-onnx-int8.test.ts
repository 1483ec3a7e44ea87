import { onnxBackend } from "@alexnet/backend-onnx";
import { conformance } from "../src/vitest.js";

conformance({ name: "onnx:cpu-int8", create: () => onnxBackend({ denseWeights: "int8" }) });
