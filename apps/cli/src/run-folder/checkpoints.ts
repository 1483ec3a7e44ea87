import { readdir } from "node:fs/promises";

/** The step of the newest checkpoint, from the names of the folders, which hold many megabytes each. */
export async function newestCheckpointStep(directory: string): Promise<number | undefined> {
  const names = await readdir(directory).catch(() => []);
  const steps = names.flatMap((name) => /^step-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  return steps.length > 0 ? Math.max(...steps) : undefined;
}
