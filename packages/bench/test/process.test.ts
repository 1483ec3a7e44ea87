import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { defineModel, inferenceProgram, layers, paperSgd, plainSgd, trainingProgram } from "@alexnet/core";
import { describe, expect, it, vi } from "vitest";
import type * as bench from "../src/index.js";

const dist = new URL("../dist/index.js", import.meta.url);
if (!existsSync(dist)) throw new Error("Processes run the built package: npm run build first.");
const {
  backendContender,
  bench: run,
  describeWorkload,
  floatingPointOperations,
  isScore,
  measure,
  processContender,
  profile,
} = (await import(dist.href)) as typeof bench;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A contender that is this script. */
function scripted(script: string): bench.Contender {
  return processContender({ name: "scripted", command: process.execPath, args: ["-e", script] });
}

const task: bench.Task = { kind: "matrixProduct", size: 4 };

const model = defineModel({
  name: "tiny",
  inputShape: [1, 8, 8],
  layers: [
    layers.conv2d("conv", { filters: 2, kernel: 3 }),
    layers.relu("relu"),
    layers.flatten("flat"),
    layers.dropout("drop"),
    layers.dense("out", { units: 3 }),
  ],
});

const reference = backendContender("reference", {
  module: import.meta.resolve("@alexnet/backend-reference"),
  function: "referenceBackend",
  args: [],
});

const onnx = backendContender("onnx:cpu", {
  module: import.meta.resolve("@alexnet/backend-onnx"),
  function: "onnxBackend",
  args: [{ threads: 1 }],
});

describe("a contender in a process", () => {
  it.each([
    ["does not exist", processContender({ name: "scripted", command: "no-such-program", args: [] }), "does not start"],
    ["ends", scripted("console.error('out of luck'); process.exit(3)"), "it ended without an answer. out of luck"],
    ["says no", scripted("console.log(JSON.stringify({ error: 'not today' }))"), /^not today$/],
    ["talks nonsense", scripted("console.log('hello')"), "answered something that is not JSON: hello"],
  ])("that %s is told of", async (_, contender, reason) => {
    const [result] = await measure(task, [contender], { rounds: 1 });
    expect(result).toEqual({ contender: "scripted", reason: expect.stringMatching(reason) });
  });

  it("that is being made ready is killed when nobody waits for it any more", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "alexnet-bench-")), "pid");
    const script = `require("node:fs").writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`;
    const controller = new AbortController();
    const measuring = measure(task, [scripted(script)], { signal: controller.signal });
    const pid = await vi.waitUntil(() => existsSync(file) && Number(readFileSync(file, "utf8")), { timeout: 20_000 });
    controller.abort(new Error("enough"));
    await expect(measuring).rejects.toThrow("enough");
    await vi.waitUntil(() => !isAlive(pid), { timeout: 20_000 });
    await rm(dirname(file), { recursive: true });
  });

  it("that is deaf is killed when it is to stop", async () => {
    const contestant = await scripted("console.log('{\"facts\":{}}'); setInterval(() => {}, 1000)").start(task);
    await contestant.stop();
  });
});

describe("a backend as a contender", () => {
  it("trains, answers and multiplies in a process of its own", async () => {
    const workloads = (["training", "inference"] as const).map((work) => ({
      model,
      batch: 2,
      work,
      optimizer: paperSgd,
    }));
    const results = [];
    for await (const event of run({
      workloads,
      contenders: [reference],
      rounds: 3,
      secondsPerTurn: 0.01,
      matrixSize: 16,
    })) {
      results.push(event);
    }
    expect(results[0]).toMatchObject({ contender: "reference", size: 16 });
    for (const [index, workload] of workloads.entries()) {
      const [score] = results[index + 1] as readonly bench.BenchResult[];
      if (!score || !isScore(score)) throw new Error(JSON.stringify(score));
      expect(score.facts).toMatchObject({ engine: "typescript" });
      expect(score.workload).toEqual(workload);
      expect(score.imagesPerSecond).toBeCloseTo(2 / score.secondsPerStep.median);
      expect(score.peakMemory).toBeGreaterThan(20e6);
    }
  });

  it.each(["training", "inference"] as const)("tells how long the operations of %s take", async (work) => {
    const workload = { model, batch: 2, work, optimizer: plainSgd };
    for (const backend of [reference, onnx]) {
      const told = await profile(workload, backend);
      if ("reason" in told) throw new Error(told.reason);
      const { operations } = told;
      const values = operations.flatMap((operation) => operation.values);
      const { program } = work === "training" ? trainingProgram(model, 2, plainSgd) : inferenceProgram(model, 2);
      expect(values.toSorted()).toEqual(program.operations.map(({ output }) => output).toSorted());
      const arithmetic = operations.reduce((sum, operation) => sum + operation.floatingPointOperations, 0);
      expect(arithmetic).toBe(floatingPointOperations(workload));
      const seconds = operations.map((operation) => operation.seconds);
      expect(Math.min(...seconds)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...seconds)).toBeGreaterThan(0);
    }
  });

  it("says why it does not tell how long operations take", async () => {
    const silent = scripted(`
      process.stdin.on("data", (text) => {
        console.log(JSON.stringify(String(text).includes("profile") ? { error: "it is a secret" } : { facts: {} }));
      }).on("end", () => process.exit())`);
    const workload = { model, batch: 2, work: "inference", optimizer: plainSgd } as const;
    expect(await profile(workload, silent)).toMatchObject({ reason: "it is a secret" });
  });

  it("says what it cannot do", async () => {
    const none = backendContender("none", {
      module: import.meta.resolve("@alexnet/core"),
      function: "nothing",
      args: [],
    });
    const [result] = await measure(task, [none], { rounds: 1 });
    expect(result).toMatchObject({ reason: expect.stringContaining("is not a function") });
  });
});

it("counts the textbook's operations", () => {
  const inference = { model, batch: 2, work: "inference", optimizer: plainSgd } as const;
  const forward = 2 * 2 * (2 * 6 * 6 * 9 + 72 * 3);
  expect(floatingPointOperations(inference)).toBe(forward);
  // Backwards as much for the weights of both layers, and for what the dense layer was given; no image needs a gradient.
  expect(floatingPointOperations({ ...inference, work: "training" })).toBe(2 * forward + 2 * 2 * 72 * 3);
});

it("describes a workload in a few words", () => {
  const workload = { model, batch: 2, work: "training", optimizer: paperSgd } as const;
  expect(describeWorkload(workload)).toBe("tiny, training with momentum and weight decay, batch 2");
  expect(describeWorkload({ ...workload, work: "inference" })).toBe("tiny, inference, batch 2");
});
