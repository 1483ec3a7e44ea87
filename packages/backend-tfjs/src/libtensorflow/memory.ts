import { isEnvironmentSeen } from "./environment.js";

/** libtensorflow reads it when the addon is loaded (core/common_runtime/process_state.cc). */
const VARIABLE = "TF_CPU_ALLOCATOR_USE_BFC";

/**
 * Has libtensorflow keep what it frees for the tensors that come next. Otherwise every tensor of some megabytes is memory
 * that the system has to clear page by page first, in every step anew. To be called before the addon is loaded; what the
 * environment says about it stays, and that of a worker thread may not be seen by libtensorflow.
 */
export function keepFreedMemory(): void {
  if (isEnvironmentSeen()) process.env[VARIABLE] ??= "true";
}
