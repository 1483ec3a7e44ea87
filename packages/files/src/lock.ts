import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "./code-of.js";
import { readIfThere } from "./read-if-there.js";

/** Who has a lock. */
export interface LockOwner {
  /** Its process id. */
  readonly process: number;
  readonly host: string;
}

/** A lock that is ours. It is given back when the process ends, however that happens short of being killed. */
export interface Lock {
  /** Gives it back; once is enough. */
  release(): void;
}

/** A lock that somebody else has. */
export interface TakenLock {
  readonly owner: LockOwner;
}

/** How long a lock must stay one's own: of two that take one over at the same moment, the later has it. */
const SETTLE_MS = 50;

/** The locks this process has or is about to have, by what is written in them: another process of the same id may have left one. */
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
  const content = JSON.stringify({ process: process.pid, host: hostname(), token });
  for (;;) {
    if (await create(path, content)) {
      await sleep(SETTLE_MS);
      if ((await readLock(path))?.token === token) return undefined;
    }
    const found = await readLock(path);
    if (found && !isGone(found)) return found.owner;
    if (found || (await isCutOff(path))) await rm(path, { force: true });
  }
}

/** Whether somebody else has the lock that was asked for. */
export function isTaken(lock: Lock | TakenLock): lock is TakenLock {
  return !("release" in lock);
}

function held(path: string, token: string): Lock {
  const release = (): void => {
    process.off("exit", release);
    ours.delete(token);
    rmSync(path, { force: true });
  };
  // What ends the process without going through any `finally` should not make the next one wait.
  process.once("exit", release);
  return { release };
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

interface WrittenLock {
  readonly owner: LockOwner;
  readonly token: string | undefined;
}

/** What is written in a lock; `undefined` when that is not there or, as yet, not whole. */
async function readLock(path: string): Promise<WrittenLock | undefined> {
  const text = await readIfThere(path);
  try {
    const { process: id, host, token } = JSON.parse(text ?? "");
    return Number.isSafeInteger(id) && typeof host === "string" ? { owner: { process: id, host }, token } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a lock names nobody, and goes on doing so: whoever wrote it did not get to its end. */
async function isCutOff(path: string): Promise<boolean> {
  await sleep(SETTLE_MS);
  return (await readIfThere(path)) !== undefined && (await readLock(path)) === undefined;
}

function isGone({ owner, token }: WrittenLock): boolean {
  if (owner.host !== hostname()) return false;
  if (owner.process === process.pid) return token === undefined || !ours.has(token);
  try {
    process.kill(owner.process, 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}
