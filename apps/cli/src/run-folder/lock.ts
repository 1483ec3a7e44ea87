import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { describeFailure, RunFolderError } from "../errors.js";

interface Owner {
  readonly process: number;
  readonly host: string;
}

/**
 * Keeps other processes from training in the same folder, where they would mix their metrics and replace each other's
 * checkpoints. A lock whose process is gone (killed, power failure) is taken over. Returns the function that unlocks.
 *
 * Throws `RunFolderError` when another process trains there.
 */
export function lock(file: string): () => void {
  for (const attempt of [1, 2]) {
    try {
      writeFileSync(file, `${JSON.stringify({ process: process.pid, host: hostname() } satisfies Owner)}\n`, {
        flag: "wx",
      });
      break;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") {
        throw new RunFolderError(`Cannot write ${file}: ${describeFailure(cause)}.`, { cause });
      }
      const owner = ownerOf(file);
      if (attempt === 2 || (owner && !isGone(owner))) {
        const who = owner ? `process ${owner.process} on ${owner.host}` : "another process";
        throw new RunFolderError(`${who} is training in this folder. If that is not so, delete ${file} and try again.`);
      }
      rmSync(file, { force: true });
    }
  }
  const unlock = (): void => {
    process.off("exit", unlock);
    rmSync(file, { force: true });
  };
  // The second Ctrl-C ends the process without going through any `finally`.
  process.once("exit", unlock);
  return unlock;
}

function ownerOf(file: string): Owner | undefined {
  try {
    const owner = JSON.parse(readFileSync(file, "utf8"));
    return Number.isSafeInteger(owner.process) && typeof owner.host === "string" ? owner : undefined;
  } catch {
    // Cut off while it was written: whoever wrote it did not get far.
    return undefined;
  }
}

function isGone({ process: id, host }: Owner): boolean {
  if (host !== hostname()) return false;
  if (id === process.pid) return true;
  try {
    process.kill(id, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
