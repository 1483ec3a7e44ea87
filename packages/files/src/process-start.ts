import { readFile } from "node:fs/promises";

/** Of the fields of `/proc/<id>/stat`, counted from the one after the name: when the process started, in ticks since the machine did. */
const STARTED = 19;

/**
 * What tells a process of this machine from earlier and later ones of the same id: the machine's start and its own. `undefined` where there
 * is no such process or the system does not say, which only Linux does (proc(5)).
 */
export async function processStart(id: number): Promise<string | undefined> {
  try {
    const [boot, stat] = await Promise.all([
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
      readFile(`/proc/${id}/stat`, "utf8"),
    ]);
    // The name stands in parentheses and may hold spaces and parentheses.
    const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[STARTED];
    return started === undefined ? undefined : `${boot.trim()}:${started}`;
  } catch {
    return undefined;
  }
}
