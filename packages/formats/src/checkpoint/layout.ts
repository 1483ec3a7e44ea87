import type { Slot } from "@alexnet/core";

/** Names of the files in a checkpoint's folder. */
export const parametersFile = "parameters.safetensors";
export const stateFile = "state.json";

/** What the optimizer keeps of each parameter: `velocities.safetensors`, … */
export function slotFile(slot: Slot): string {
  return `${slot}.safetensors`;
}
