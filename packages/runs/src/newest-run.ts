import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { runPaths } from "./paths.js";

/** The run folder in `parent` that was trained in last, or `undefined` when there is none. */
export async function newestRun(parent: string): Promise<string | undefined> {
  const names = await readdir(parent).catch(() => []);
  const runs = await Promise.all(
    names.map(async (name) => {
      const directory = join(parent, name);
      const file = await stat(runPaths(directory).metrics).catch(() => undefined);
      return file && { directory, changed: file.mtimeMs };
    }),
  );
  return runs.filter((run) => run !== undefined).sort((a, b) => b.changed - a.changed)[0]?.directory;
}
