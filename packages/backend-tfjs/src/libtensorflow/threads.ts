import { availableParallelism } from "node:os";
import { BackendUnavailableError } from "@alexnet/core";
import { isEnvironmentSeen } from "./environment.js";

/** libtensorflow reads it when the addon is loaded (core/common_runtime/process_util.cc). */
const VARIABLE = "TF_NUM_INTRAOP_THREADS";

let started: number | undefined;

/**
 * Settles how many threads libtensorflow computes with: those asked for, those the environment names, or one per core.
 * They decide the last bits of every sum. To be called before the addon is loaded; what was settled once stays.
 *
 * Throws `BackendUnavailableError` for another number than the one the process runs on, and in a thread whose environment
 * libtensorflow does not see, for any that is not there already.
 */
export function chooseThreads(asked: number | undefined): number {
  const settled = started ?? (isEnvironmentSeen() && asked !== undefined ? asked : inherited());
  if (asked !== undefined && asked !== settled) {
    throw new BackendUnavailableError(
      `libtensorflow runs on ${settled} threads in this process and cannot change to ${asked}. ` +
        `Start another process, or this one with ${VARIABLE}=${asked}.`,
    );
  }
  if (started === undefined && isEnvironmentSeen()) process.env[VARIABLE] = String(settled);
  started = settled;
  return settled;
}

function inherited(): number {
  const threads = Number(process.env[VARIABLE]);
  return Number.isSafeInteger(threads) && threads > 0 ? threads : availableParallelism();
}
