import { BackendUnavailableError, hasCode } from "@alexnet/core";
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
    return (await load()) as OnnxRuntime;
  } catch (cause) {
    if (hasCode(cause, "BACKEND_UNAVAILABLE")) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    const missing = code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND";
    throw new BackendUnavailableError(
      missing
        ? 'ONNX Runtime is not installed. Run "npm install --ignore-scripts onnxruntime-node" (its install script would ' +
            "download CUDA libraries on Linux x64, and fail where it cannot)."
        : `ONNX Runtime is installed but does not load: ${(cause as Error).message}`,
      { cause, packages: missing ? ["onnxruntime-node"] : [] },
    );
  }
}
