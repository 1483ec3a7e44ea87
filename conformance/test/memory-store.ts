import type { Checkpoint, CheckpointStore } from "@alexnet/core";

/** Keeps checkpoints in memory. */
export function memoryStore(): CheckpointStore & { readonly saved: Checkpoint[] } {
  const saved: Checkpoint[] = [];
  return {
    saved,
    async save(checkpoint) {
      saved.push(checkpoint);
      return `memory ${saved.length}`;
    },
    latest: async () => saved.at(-1),
  };
}
