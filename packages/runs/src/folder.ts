import { mkdir, readdir, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf } from "@alexnet/core/support";
import { describeFailure, isPartial, makeFolder, readIfThere } from "@alexnet/files";
import { RunFolderError } from "./errors.js";
import { runPaths } from "./paths.js";

/** Makes the folder of a new run. Throws `RunFolderError` when something is in it already: nothing is overwritten. */
export async function createRunFolder(directory: string): Promise<void> {
  await checkRunFolder(directory);
  await makeFolder(directory).catch((cause) => {
    throw cannotMake(directory, cause);
  });
}

const LOCK = basename(runPaths("").lock);

/** Removes what processes that were killed had begun to write; the folder is locked. */
export async function removePartials(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter(isPartial)) await rm(join(directory, name), { force: true });
}

/** Throws `RunFolderError` unless a new run can have this folder: it is not there yet, or empty. */
export async function checkRunFolder(directory: string): Promise<void> {
  let names: readonly string[];
  try {
    names = await readdir(directory);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return;
    throw new RunFolderError(`Cannot use ${directory} as the run folder: ${describeFailure(cause)}.`, { cause });
  }
  // A process that was killed before it had written more leaves these.
  const others = names.filter((name) => name !== LOCK && !isPartial(name));
  if (others.length > 0) {
    const resume = (await isRunFolder(directory)) ? " Resume the training in it, or choose" : " Choose";
    throw new RunFolderError(`The run folder ${directory} is not empty.${resume} another.`);
  }
}

/** Whether there is a run in this folder. */
export async function isRunFolder(directory: string): Promise<boolean> {
  return (await readIfThere(runPaths(directory).config).catch(() => undefined)) !== undefined;
}

/**
 * Takes a folder for a new run in `parent`, `runs/lenet5-sample-20261123-230102` by local time, and a number after it when
 * that is there. It is made at once: whoever starts in the same second gets another. Throws `RunFolderError` when it cannot
 * be made.
 */
export async function takeRunFolder(parent: string, name: string, time: Date = new Date()): Promise<string> {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`;
  const hour = `${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`;
  const directory = join(parent, `${name}-${day}-${hour}`);
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? directory : `${directory}-${number}`;
    try {
      await makeFolder(parent);
      if (await makeNew(candidate)) return candidate;
    } catch (cause) {
      throw cannotMake(candidate, cause);
    }
  }
}

/** Makes the folder, and says whether it was this call that did. */
async function makeNew(candidate: string): Promise<boolean> {
  try {
    await mkdir(candidate);
    return true;
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return false;
    throw cause;
  }
}

function cannotMake(directory: string, cause: unknown): RunFolderError {
  return new RunFolderError(`Cannot make the run folder ${directory}: ${describeFailure(cause)}.`, { cause });
}

/** Removes a run folder into which nothing came, and the folder of the runs if there is no other; what holds anything stays. */
export async function giveBackRunFolder(directory: string): Promise<void> {
  await rmdir(directory).catch(() => {});
  await rmdir(dirname(directory)).catch(() => {});
}
