import { getEnvironmentData, isMainThread } from "node:worker_threads";

/**
 * Whether libtensorflow sees what this thread writes to `process.env`: a worker thread's is a copy, unless it was started with `SHARE_ENV`
 * and whoever did so says it, with `setEnvironmentData("@alexnet/shares-environment", true)`.
 */
export const isEnvironmentSeen = (): boolean =>
  isMainThread || getEnvironmentData("@alexnet/shares-environment") === true;
