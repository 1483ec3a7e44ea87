import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two signs of life of the process that has the lock. */
const BEAT = 1000;
/** Without a sign of life for so long its process is taken for gone. */
const GONE = 10_000;
/** Between two looks at a lock that another process has. */
const LOOK = 200;
/** How long a lock must stay one's own: of two that take one over at the same moment, the later has it. */
const SETTLE = 50;

/**
 * Does `work` while no other process, on this machine or one that shares the disk, does work under the same lock, the file
 * `path`. Waits for the one that has it, calling `onWait` at every look; a lock whose process is gone is taken over.
 * Rejects with the signal's reason when aborted, and with the error of the disk where no lock can be written.
 */
export async function withLock(
  path: string,
  { signal, onWait }: { readonly signal: AbortSignal | undefined; onWait(): Promise<void> },
  work: () => Promise<void>,
): Promise<void> {
  const token = randomUUID();
  let life: number | undefined;
  let seen = performance.now();
  while (!(await take(path, token))) {
    const found = await lifeOf(path);
    if (found !== life) {
      life = found;
      seen = performance.now();
    } else if (performance.now() - seen > GONE) {
      await rm(path, { force: true });
      continue;
    }
    await onWait();
    await sleep(LOOK, undefined, signal && { signal }).catch(() => {});
    signal?.throwIfAborted();
  }
  // What ends the process without going through any `finally` should not make the next one wait.
  const release = (): void => rmSync(path, { force: true });
  process.once("exit", release);
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, BEAT);
  beat.unref();
  try {
    await work();
  } finally {
    clearInterval(beat);
    process.off("exit", release);
    release();
  }
}

async function take(path: string, token: string): Promise<boolean> {
  try {
    await writeFile(path, token, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  await sleep(SETTLE);
  return (await readFile(path, "utf8").catch(() => "")) === token;
}

async function lifeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}
