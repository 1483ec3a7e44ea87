import { getEnvironmentData, isMainThread } from "node:worker_threads";
import { firstProcess } from "./realm.js";

const SWITCH = "ORT_DISABLE_TELEMETRY";

/**
 * Turns the engine's telemetry off, unless the environment already says either way. ONNX Runtime 1.30 would keep a device
 * ID and a database of events in the user's cache folder, write a log a process in the temporary folder, and look up and
 * call a host of its maker's. It reads the variable when its first session is made, so this comes before that.
 *
 * A worker thread has its own copy of the environment, which the engine does not see, unless it was started with `SHARE_ENV` and
 * whoever did so says it: there the choice cannot be made, and the user is told so.
 */
export function disableTelemetry(
  environment: NodeJS.ProcessEnv = firstProcess.env,
  isSeen = isEnvironmentSeen(),
): void {
  if (environment[SWITCH] !== undefined) return;
  environment[SWITCH] = "1";
  if (isSeen) return;
  process.emitWarning(
    `A worker thread cannot turn off the telemetry of ONNX Runtime. Start the process with ${SWITCH}=1, call ` +
      "onnxBackend once on the main thread before the worker starts, or start it with SHARE_ENV and after " +
      'setEnvironmentData("@alexnet/shares-environment", true).',
    { code: "ALEXNET_TELEMETRY" },
  );
}

const isEnvironmentSeen = (): boolean => isMainThread || getEnvironmentData("@alexnet/shares-environment") === true;
