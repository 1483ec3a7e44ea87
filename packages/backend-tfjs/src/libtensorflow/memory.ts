import { isMainThread } from "node:worker_threads";

/** libtensorflow reads it when the addon is loaded (core/common_runtime/process_state.cc). */
const VARIABLE = "TF_CPU_ALLOCATOR_USE_BFC";

/**
 * Has libtensorflow keep what it frees for the tensors that come next. Otherwise every tensor of some megabytes is memory
 * that the system has to clear page by page first, in every step anew. To be called before the addon is loaded; what the
 * environment says about it stays, and a worker thread's is not seen by libtensorflow.
 */
export function keepFreedMemory(): void {
  if (isMainThread) process.env[VARIABLE] ??= "true";
}
