import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { lenet5, paperSgd } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { type Contender, ContenderError } from "../src/contender.js";
import { measure } from "../src/measure.js";
import { profile } from "../src/profile.js";
import type { Task } from "../src/workload.js";

const task: Task = { kind: "matrixProduct", size: 8 };

/** A contender whose every step takes as long as it says, and that writes down when it is asked. */
function pretended(name: string, secondsPerStep: number, log: string[], failAt = Number.POSITIVE_INFINITY): Contender {
  return {
    name,
    async start() {
      log.push(`${name} starts`);
      let turns = 0;
      return {
        facts: { engine: name },
        async run(steps) {
          if (++turns === failAt) throw new ContenderError(`${name} broke`);
          log.push(`${name} ${steps}`);
          return { steps, seconds: steps * secondsPerStep, peakMemory: 1000 + turns };
        },
        profile: async () => [],
        async stop() {
          log.push(`${name} stops`);
        },
      };
    },
  };
}

describe("measure", () => {
  it("warms everybody up, then lets them take turns of a second, and stops all", async () => {
    const log: string[] = [];
    const fast = pretended("fast", 0.25, log);
    const slow = pretended("slow", 2, log);
    const measured = await measure(task, [fast, slow], { rounds: 2 });
    expect(log).toEqual([
      "fast starts",
      "fast 1",
      "fast 1",
      "slow starts",
      "slow 1",
      "slow 1",
      "fast 4",
      "slow 1",
      "fast 4",
      "slow 1",
      "fast stops",
      "slow stops",
    ]);
    expect(measured).toEqual([
      { contender: "fast", facts: { engine: "fast" }, secondsPerStep: [0.25, 0.25], stepsPerTurn: 4, peakMemory: 1004 },
      { contender: "slow", facts: { engine: "slow" }, secondsPerStep: [2, 2], stepsPerTurn: 1, peakMemory: 1004 },
    ]);
  });

  it("listens to nobody any more once it is done", async () => {
    const { signal } = new AbortController();
    const contender = pretended("one", 1, []);
    await measure(task, [contender], { rounds: 1, signal });
    await profile({ model: lenet5(), batch: 1, work: "inference", optimizer: paperSgd }, contender, signal);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("leaves out who is not there or breaks, and tells why", async () => {
    const log: string[] = [];
    const missing: Contender = {
      name: "missing",
      async start() {
        throw new ContenderError("missing is not installed");
      },
    };
    const measured = await measure(task, [missing, pretended("broken", 1, log, 4), pretended("sound", 1, log)], {
      rounds: 3,
    });
    expect(measured).toMatchObject([
      { contender: "missing", reason: "missing is not installed" },
      { contender: "broken", reason: "broken broke" },
      { contender: "sound", secondsPerStep: [1, 1, 1] },
    ]);
    expect(log.filter((line) => line.startsWith("broken"))).toEqual([
      "broken starts",
      "broken 1",
      "broken 1",
      "broken 1",
      "broken stops",
    ]);
  });

  it("lets errors that nobody foresaw through", async () => {
    const confused: Contender = {
      name: "confused",
      async start() {
        throw new TypeError("no");
      },
    };
    await expect(measure(task, [confused])).rejects.toThrow(TypeError);
  });

  it("ends at once when aborted, in the middle of a turn, and stops everybody", async () => {
    const log: string[] = [];
    const controller = new AbortController();
    const endless: Contender = {
      name: "endless",
      start: async () => ({
        facts: {},
        run: () => sleep(60_000, undefined, { ref: false }) as Promise<never>,
        profile: async () => [],
        async stop() {
          log.push("stopped");
        },
      }),
    };
    const measuring = measure(task, [endless], { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 50);
    await expect(measuring).rejects.toThrow("enough");
    expect(log).toEqual(["stopped"]);
  });
});
