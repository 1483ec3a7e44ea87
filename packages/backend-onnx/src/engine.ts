import { engineUnavailable } from "@alexnet/core/backend";
import { requireInFirstRealm } from "./realm.js";
import { disableTelemetry } from "./telemetry.js";

/** The module `onnxruntime-node`. */
export type OnnxRuntime = typeof import("onnxruntime-node");

/** Loads ONNX Runtime when it is first needed, its telemetry off. Throws `BackendUnavailableError` saying how to install it. */
export async function loadEngine(
  load: () => Promise<object> = async () => requireInFirstRealm("onnxruntime-node"),
): Promise<OnnxRuntime> {
  disableTelemetry();
  try {
    // A caller may load it its own way; what comes is taken for the engine.
    return (await load()) as OnnxRuntime;
  } catch (cause) {
    throw engineUnavailable(cause, {
      engine: "ONNX Runtime",
      packages: ["onnxruntime-node"],
      install:
        '"npm install --ignore-scripts onnxruntime-node" (its install script would download CUDA libraries on Linux x64, and ' +
        "fail where it cannot)",
    });
  }
}
