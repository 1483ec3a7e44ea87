import type { BackendInfo } from "@alexnet/core";
import type { Primitives } from "../primitives.js";

/** An engine that was loaded and started. */
export interface Engine<Handle> {
  readonly info: Omit<BackendInfo, "operations" | "preferredFeeds">;
  readonly primitives: Primitives<Handle>;
  /** The largest tensor that fits into a buffer of the device; absent where memory is the only limit. */
  readonly maxTensorBytes?: number;
  /** How many tensors are alive on the engine: a number that grows from run to run is a leak. */
  allocations(): number;
  /** Frees the engine with its threads and devices. */
  dispose(): void | Promise<void>;
}
