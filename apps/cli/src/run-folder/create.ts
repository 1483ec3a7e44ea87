import { mkdir, readdir } from "node:fs/promises";
import { basename } from "node:path";
import { describeFailure, RunFolderError } from "../errors.js";
import { runPaths } from "./paths.js";

/** Makes the folder of a new run. Throws `RunFolderError` when something is in it already: nothing is overwritten. */
export async function createRunFolder(directory: string): Promise<void> {
  await checkRunFolder(directory);
  try {
    await mkdir(directory, { recursive: true });
  } catch (cause) {
    throw new RunFolderError(`Cannot make the run folder ${directory}: ${describeFailure(cause)}.`, { cause });
  }
}

/** Throws `RunFolderError` unless a new run can have this folder: it is not there yet, or empty. */
export async function checkRunFolder(directory: string): Promise<void> {
  let names: readonly string[];
  try {
    names = await readdir(directory);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return;
    throw new RunFolderError(`Cannot use ${directory} as the run folder: ${describeFailure(cause)}.`, { cause });
  }
  if (names.length > 0) {
    const resume = names.includes(basename(runPaths(directory).config))
      ? ` Go on with the training in it by --resume ${directory}, or choose`
      : " Choose";
    throw new RunFolderError(`The run folder ${directory} is not empty.${resume} another --run-dir.`);
  }
}

/** `runs/lenet5-sample-20261123-230102`, by local time, and a number after it when that is taken. */
export function defaultRunFolder(
  name: string,
  time: Date,
  isTaken: (directory: string) => boolean,
  join: (...parts: string[]) => string,
): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`;
  const directory = join(
    "runs",
    `${name}-${day}-${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`,
  );
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? directory : `${directory}-${number}`;
    if (!isTaken(candidate)) return candidate;
  }
}
