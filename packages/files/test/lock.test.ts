import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished } from "vitest";
import { isTaken, type Lock, tryLock, withLock } from "../src/index.js";
import { temporaryDirectory } from "./helpers.js";

const built = new URL("../dist/index.js", import.meta.url);

/** Another process that has the lock until it is killed. */
async function holder(path: string): Promise<ChildProcess> {
  if (!existsSync(built)) throw new Error(`${fileURLToPath(built)} is not there: run "npm run build" first.`);
  const program = `
    const { tryLock } = await import(${JSON.stringify(built.href)});
    await tryLock(${JSON.stringify(path)});
    console.log("has it");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

async function taken(path: string): Promise<Lock> {
  const lock = await tryLock(path);
  if (isTaken(lock)) throw new Error(`process ${lock.owner.process} has it`);
  onTestFinished(lock.release);
  return lock;
}

describe("tryLock", () => {
  it("gives the lock to one at a time, within a process too", async () => {
    const path = join(await temporaryDirectory(), "lock.json");
    const lock = await taken(path);
    expect(await tryLock(path)).toEqual({ owner: { process: process.pid, host: hostname() } });
    lock.release();
    await taken(path);
  });

  it("gives it to one of several that ask at once", async () => {
    const path = join(await temporaryDirectory(), "lock.json");
    const answers = await Promise.all(Array.from({ length: 5 }, () => tryLock(path)));
    expect(answers.filter((answer) => !isTaken(answer))).toHaveLength(1);
    for (const answer of answers) if (!isTaken(answer)) answer.release();
  });

  it("tells which other process has it, and takes it over at once when that was killed", async () => {
    const path = join(await temporaryDirectory(), "lock.json");
    const child = await holder(path);
    expect(await tryLock(path)).toEqual({ owner: { process: child.pid, host: hostname() } });
    child.kill("SIGKILL");
    await once(child, "close");
    await taken(path);
  });

  it.each([
    ["that was cut off while it was written", '{"process":'],
    ["that says nothing", "{}"],
    ["that an earlier process of the same id left", JSON.stringify({ process: process.pid, host: hostname() })],
  ])("takes over one %s", async (_, content) => {
    const path = join(await temporaryDirectory(), "lock.json");
    await writeFile(path, content);
    await taken(path);
  });

  it("takes over one whose process id is another process's by now, and leaves that of one that lives", async (context) => {
    if (!existsSync("/proc/self/stat")) context.skip("the system does not tell when a process started");
    const path = join(await temporaryDirectory(), "lock.json");
    const child = await holder(path);
    const written = JSON.parse(await readFile(path, "utf8"));
    expect(isTaken(await tryLock(path))).toBe(true);
    await writeFile(path, JSON.stringify({ ...written, started: "an earlier start of this machine:1" }));
    await taken(path);
    child.kill("SIGKILL");
  });

  it("is one thread's at a time", async (context) => {
    if (!existsSync("/proc/self/stat")) context.skip("the system does not tell when a process started");
    const path = join(await temporaryDirectory(), "lock.json");
    const program = `
      const { tryLock } = await import(${JSON.stringify(built.href)});
      const lock = await tryLock(${JSON.stringify(path)});
      const { parentPort } = await import("node:worker_threads");
      parentPort.once("message", () => { lock.release(); parentPort.postMessage("released"); });
      parentPort.postMessage("has it");`;
    const thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
    onTestFinished(async () => void (await thread.terminate()));
    await once(thread, "message");
    expect(await tryLock(path)).toEqual({ owner: { process: process.pid, host: hostname() } });
    thread.postMessage("release");
    await once(thread, "message");
    await taken(path);
  });

  it("leaves the lock of who took it over", async () => {
    const path = join(await temporaryDirectory(), "lock.json");
    const lock = await taken(path);
    const other = JSON.stringify({ process: 1, host: "elsewhere" });
    await writeFile(path, other);
    lock.release();
    expect(await readFile(path, "utf8")).toBe(other);
  });

  it("leaves one of another machine alone", async () => {
    const path = join(await temporaryDirectory(), "lock.json");
    const owner = { process: 1, host: "elsewhere" };
    await writeFile(path, JSON.stringify(owner));
    expect(await tryLock(path)).toEqual({ owner });
  });

  it("fails where no lock can be written", async () => {
    await expect(tryLock(join(await temporaryDirectory(), "missing", "lock.json"))).rejects.toMatchObject({
      code: "ENOENT",
    });
  });
});

describe("withLock", () => {
  it("waits for whoever has it, and leaves none behind", async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, "lock");
    const order: string[] = [];
    const first = withLock(path, {}, async () => {
      order.push("first begins");
      await sleep(300);
      order.push("first ends");
    });
    await sleep(100);
    await withLock(path, {}, async () => void order.push("second"));
    await first;
    expect(order).toEqual(["first begins", "first ends", "second"]);
    expect(await readdir(directory)).toEqual([]);
  });

  it("gives it back when the work fails", async () => {
    const directory = await temporaryDirectory();
    const failing = withLock(join(directory, "lock"), {}, () => Promise.reject(new Error("failed")));
    await expect(failing).rejects.toThrow("failed");
    expect(await readdir(directory)).toEqual([]);
  });

  it("stops waiting when told to", async () => {
    const path = join(await temporaryDirectory(), "lock");
    await taken(path);
    const stopping = new AbortController();
    const waiting = withLock(
      path,
      { signal: stopping.signal, onWait: async () => stopping.abort(new Error("enough")) },
      () => Promise.reject(new Error("must not run")),
    );
    await expect(waiting).rejects.toThrow("enough");
  });

  it("takes over one of another machine that shows no sign of life, and waits for one that does", async () => {
    const path = join(await temporaryDirectory(), "lock");
    await writeFile(path, JSON.stringify({ process: 1, host: "elsewhere" }));
    const startedAt = performance.now();
    let beats = 0;
    await withLock(
      path,
      {
        onWait: async () => {
          // For two seconds the other one lives.
          if (performance.now() - startedAt > 2000) return;
          const now = new Date(Date.now() + beats++);
          await utimes(path, now, now);
        },
      },
      async () => {},
    );
    expect(beats).toBeGreaterThan(1);
    expect(performance.now() - startedAt).toBeGreaterThan(12_000);
  });
});
