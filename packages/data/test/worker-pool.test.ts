import { DisposedError } from "@alexnet/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { workerPool } from "../src/batches/worker-pool.js";

function pool(size: number) {
  const made = workerPool<string, unknown>({
    url: new URL("./fixtures/obedient-worker.mjs", import.meta.url),
    workerData: { answer: 42 },
    size,
    owner: "the test",
  });
  onTestFinished(() => made.dispose());
  return made;
}

describe("a worker pool", () => {
  it("gives each thread its data", async () => {
    expect(await pool(1).run("data")).toEqual({ answer: 42 });
  });

  it("has as many threads as it is told, and divides tasks among them", async () => {
    const two = pool(2);
    const threads = await Promise.all(["thread", "thread", "thread", "thread"].map((task) => two.run(task)));
    expect(new Set(threads).size).toBe(2);
    expect(threads).toContain(await two.run("thread"));
  });

  it("hands a thread its tasks before this one is blocked", async () => {
    const one = pool(1);
    await one.run("thread");
    const start = performance.now();
    const waits = [100, 100, 100].map((ms) => one.run(`wait ${ms}`));
    while (performance.now() - start < 600);
    const blocked = performance.now();
    await Promise.all(waits);
    expect(performance.now() - blocked).toBeLessThan(150);
  });

  it("rejects with the error a task ended in, and goes on with the same thread", async () => {
    const one = pool(1);
    const thread = await one.run("thread");
    await expect(one.run("fail")).rejects.toThrow(RangeError);
    await expect(one.run("fail")).rejects.toThrow("no room");
    expect(await one.run("thread")).toBe(thread);
  });

  it("rejects all that waits on a thread that crashes, with the cause, and starts another", async () => {
    const one = pool(1);
    const thread = await one.run("thread");
    const outcomes = await Promise.allSettled([one.run("throw"), one.run("never")]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { message: "crashed on purpose" } });
    }
    expect(await one.run("thread")).not.toBe(thread);
  });

  it("rejects what waits on a thread that exits", async () => {
    const one = pool(1);
    await expect(one.run("exit")).rejects.toThrow("exited with code: 3");
    expect(await one.run("data")).toEqual({ answer: 42 });
  });

  it("rejects when the module is not there", async () => {
    const url = new URL("./fixtures/missing.mjs", import.meta.url);
    const broken = workerPool<string, unknown>({ url, workerData: {}, size: 1, owner: "the test" });
    await expect(broken.run("data")).rejects.toThrow(/missing\.mjs/);
  });

  it("rejects what is pending when it is disposed, and all that comes after", async () => {
    const one = pool(1);
    const outcome = expect(one.run("never")).rejects.toThrow(DisposedError);
    await one.dispose();
    await outcome;
    await expect(one.run("data")).rejects.toThrow("the test was used after its dispose");
    await one.dispose();
  });
});
