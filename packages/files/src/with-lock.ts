import { rm, stat, utimes } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isTaken, tryLock } from "./lock.js";

/** Milliseconds between two signs of life of the process that has the lock. */
const BEAT = 1000;
/** Without a sign of life for so long its process, on another machine, is taken for gone. */
const GONE = 10_000;
/** Between two looks at a lock that another process has. */
const LOOK = 200;

/**
 * Does `work` while no other process, on this machine or one that shares the disk, does work under the same lock, the file
 * `path`. Waits for the one that has it, calling `onWait` at every look; a lock whose process is gone is taken over. For
 * work that leaves the thread free: a process that shows no sign of life for ten seconds is taken for gone by those of
 * other machines.
 *
 * Rejects with the signal's reason when aborted, and with the system's error where no lock can be written.
 */
export async function withLock(
  path: string,
  { signal, onWait }: { readonly signal?: AbortSignal | undefined; onWait?(): Promise<void> },
  work: () => Promise<void>,
): Promise<void> {
  let life: number | undefined;
  let seen = performance.now();
  let lock = await tryLock(path);
  while (isTaken(lock)) {
    const found = await lifeOf(path);
    if (found !== life) {
      life = found;
      seen = performance.now();
    } else if (performance.now() - seen > GONE) {
      await rm(path, { force: true });
    }
    await onWait?.();
    await sleep(LOOK, undefined, signal && { signal }).catch(() => {});
    signal?.throwIfAborted();
    lock = await tryLock(path);
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, BEAT);
  beat.unref();
  try {
    await work();
  } finally {
    clearInterval(beat);
    lock.release();
  }
}

async function lifeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}
