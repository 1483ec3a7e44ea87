import { describeFailure, isTaken, type Lock, tryLock } from "@alexnet/files";
import { RunFolderError } from "./errors.js";

/**
 * Keeps other processes from training in the same folder, where they would mix their metrics and replace each other's
 * checkpoints. Throws `RunFolderError` when another process trains there.
 */
export async function lockRunFolder(file: string): Promise<Lock> {
  const lock = await tryLock(file).catch((cause) => {
    throw new RunFolderError(`Cannot write ${file}: ${describeFailure(cause)}.`, { cause });
  });
  if (!isTaken(lock)) return lock;
  const { process, host } = lock.owner;
  throw new RunFolderError(
    `process ${process} on ${host} is training in this folder. If that is not so, delete ${file} and try again.`,
  );
}
