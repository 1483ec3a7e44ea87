import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "./code-of.js";
import { processStart } from "./process-start.js";
import { readIfThere } from "./read-if-there.js";
import { partialOf } from "./write-whole.js";

/** Who has a lock. */
export interface LockOwner {
  /** Its process id. */
  readonly process: number;
  readonly host: string;
}

/** A lock that is ours. It is given back when the process ends, however that happens short of being killed. */
export interface Lock {
  /** Whether it is ours still: nobody has deleted it or, for that reason or another, taken it over. */
  isHeld(): boolean;
  /** Gives it back; once is enough. */
  release(): void;
}

/** A lock that somebody else has. */
export interface TakenLock {
  readonly owner: LockOwner;
}

/** How long a lock must stay one's own: of two that take one over at the same moment, the later has it. */
const SETTLE_MS = 50;

/**
 * The locks this thread has or is about to have, by what is written in them: where the system does not tell when a process started, an
 * earlier one of the same id may have left a lock.
 */
const ours = new Set<string>();

/**
 * Takes the lock that is the file `path`, or tells who has it. One whose process, on this machine, is gone (killed, power
 * failure) is taken over. Throws the system's error where no lock can be written.
 *
 * Not a kept library: those tell a lock's process alive by the time of its file, which a training that keeps its thread busy
 * for a minute cannot touch.
 */
export async function tryLock(path: string): Promise<Lock | TakenLock> {
  const token = randomUUID();
  ours.add(token);
  try {
    const owner = await take(path, token);
    if (owner === undefined) return held(path, token);
    ours.delete(token);
    return { owner };
  } catch (error) {
    ours.delete(token);
    throw error;
  }
}

/** Makes the lock ours, or gives whose it is. */
async function take(path: string, token: string): Promise<LockOwner | undefined> {
  const started = await processStart(process.pid);
  const content = JSON.stringify({ process: process.pid, started, host: hostname(), token });
  for (;;) {
    if (await create(path, content)) {
      await sleep(SETTLE_MS);
      if ((await readLock(path))?.token === token) return undefined;
    }
    const found = await readLock(path);
    if (found && !(await isGone(found))) return found.owner;
    if (found || (await isCutOff(path))) await clear(path, found?.token);
  }
}

/** Whether somebody else has the lock that was asked for. */
export function isTaken(lock: Lock | TakenLock): lock is TakenLock {
  return !("release" in lock);
}

function held(path: string, token: string): Lock {
  const isHeld = (): boolean => isWritten(path, token);
  const release = (): void => {
    process.off("exit", release);
    ours.delete(token);
    // Who took it for gone has it now.
    if (isHeld()) rmSync(path, { force: true });
  };
  // What ends the process without going through any `finally` should not make the next one wait.
  process.once("exit", release);
  return { isHeld, release };
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, `${content}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function isWritten(path: string, token: string): boolean {
  try {
    return readFileSync(path, "utf8").includes(token);
  } catch {
    return false;
  }
}

/** Takes away a lock that nobody has. One that somebody has taken since it was looked at is put back. */
async function clear(path: string, token: string | undefined): Promise<void> {
  const aside = partialOf(path);
  try {
    await rename(path, aside);
  } catch (error) {
    // Somebody else was faster.
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  const moved = await readLock(aside);
  if (moved !== undefined && moved.token !== token) await rename(aside, path);
  else await rm(aside, { force: true });
}

interface WrittenLock {
  readonly owner: LockOwner;
  /** When its process started, where the system tells. */
  readonly started: string | undefined;
  readonly token: string | undefined;
}

/** What is written in a lock; `undefined` when that is not there or, as yet, not whole. */
async function readLock(path: string): Promise<WrittenLock | undefined> {
  const text = await readIfThere(path);
  try {
    const { process: id, host, started, token } = JSON.parse(text ?? "");
    const named = Number.isSafeInteger(id) && typeof host === "string";
    return named ? { owner: { process: id, host }, started, token } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a lock names nobody, and goes on doing so: whoever wrote it did not get to its end. */
async function isCutOff(path: string): Promise<boolean> {
  await sleep(SETTLE_MS);
  return (await readIfThere(path)) !== undefined && (await readLock(path)) === undefined;
}

/** Whether the process a lock names is no more, or its id another's by now. */
async function isGone({ owner, started, token }: WrittenLock): Promise<boolean> {
  if (owner.host !== hostname()) return false;
  const now = await processStart(owner.process);
  if (started !== undefined && now !== undefined) return started !== now;
  if (owner.process === process.pid) return token === undefined || !ours.has(token);
  try {
    process.kill(owner.process, 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}
