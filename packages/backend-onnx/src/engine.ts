import { BackendUnavailableError } from "@alexnet/core";
import { disableTelemetry } from "./telemetry.js";

export type Engine = typeof import("onnxruntime-node");

/** Loads ONNX Runtime when it is first needed, its telemetry off. Throws `BackendUnavailableError` saying how to install it. */
export async function loadEngine(load: () => Promise<Engine> = () => import("onnxruntime-node")): Promise<Engine> {
  disableTelemetry();
  try {
    return await load();
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND";
    throw new BackendUnavailableError(
      missing
        ? 'ONNX Runtime is not installed. Run "npm install onnxruntime-node" (with the environment variable ' +
            "ONNXRUNTIME_NODE_INSTALL=skip on a machine that should not download its CUDA libraries)."
        : `ONNX Runtime is installed but does not load: ${(cause as Error).message}`,
      { cause },
    );
  }
}
