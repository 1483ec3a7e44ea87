import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { alexnet, ended, jsonLines, start, temporaryFolder } from "./cli.js";

const folder = temporaryFolder();
const SMALL = ["bench", "--model", "lenet5", "--batch-size", "2", "--rounds", "1"];

describe("alexnet bench", () => {
  it("tells how fast backends are, compared with one of them, and draws it", async () => {
    const words = ["--backend", "onnx:cpu", "reference", "--baseline", "reference", "--svg", "bench.svg"];
    const { code, stdout, stderr } = await alexnet(folder(), [...SMALL, ...words]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "The picture is bench.svg.\n" });
    expect(stdout).toMatch(/^This machine multiplies 2048×2048 matrices at \d+ GFLOP\/s \(onnx:cpu\)\.$/m);
    for (const title of ["lenet5, training, batch 2", "lenet5, inference, batch 2"]) expect(stdout).toContain(title);
    expect(stdout).toMatch(/^reference +[\d.]+ +[\d.]+–[\d.]+ +[\d.,]+ +1\.00 /m);
    expect(stdout).toMatch(/^ {2}onnx:cpu +onnxruntime-node \d/m);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(90);
    const svg = readFileSync(join(folder(), "bench.svg"), "utf8");
    expect(svg).toContain("lenet5, training, batch 2");
    expect(svg).toMatch(/[\d.]+ × reference/);
  });

  it("prints one JSON object a result, those without one included", async () => {
    const words = ["--work", "training", "--backend", "reference", "--peer", "torch", "onnxruntime", "--json"];
    const { code, stdout } = await alexnet(folder(), [...SMALL, ...words]);
    expect(code).toBe(0);
    const [machine, peak, ...results] = jsonLines(stdout);
    expect(machine).toMatchObject({ type: "machine", node: process.version });
    expect(peak).toMatchObject({ type: "peak", contender: "onnxruntime" });
    expect(results).toMatchObject([
      { type: "result", model: "lenet5", work: "training", batch: 2, contender: "reference" },
      { contender: "torch", reason: "PyTorch is not set up; `alexnet bench --setup-peers` does that." },
      { contender: "onnxruntime", reason: "it has no training in JavaScript" },
    ]);
  });

  it("tells how long each operation takes a backend", async () => {
    const words = ["--ops", "--work", "training", "--backend", "onnx:cpu"];
    const { code, stdout } = await alexnet(folder(), [...SMALL, ...words]);
    expect(code).toBe(0);
    const [, operations = ""] = stdout.split("operations of onnx:cpu");
    expect(operations).toMatch(/^conv2.* \+ conv2.* +[\d.]+ +\d+\.\d % +\d+ +\d+ %$/m);
    expect(operations).toMatch(/^\(the engine's own work between them\) +[\d.]+ +\d+\.\d % +– +–$/m);
    const json = await alexnet(folder(), [...SMALL, ...words, "--json"]);
    const told = jsonLines(json.stdout).filter(({ type }) => type === "operations");
    expect(told).toMatchObject([{ contender: "onnx:cpu", model: "lenet5", work: "training", batch: 2 }]);
  });

  it("fails when nobody could take part", async () => {
    const { code, stdout } = await alexnet(folder(), [...SMALL, "--backend", "tfjs:node-gpu", "--work", "inference"]);
    expect(code).toBe(1);
    expect(stdout).toContain("tfjs:node-gpu: ");
  });

  it.each([
    [["--peer", "troch"], 'unknown peer "troch". Did you mean "torch"?'],
    [["--work", "traning"], 'unknown work "traning". Did you mean "training"?'],
    [["--baseline", "torch"], 'unknown baseline "torch".'],
    [["--rounds", "0"], "It must be a whole number of at least 1."],
    [["--backend", "cuda"], 'unknown backend "cuda"'],
    [["--svg", "nowhere/bench.svg"], "there is no folder nowhere"],
  ])("%j is a mistake that is told at once", async (words, message) => {
    const { code, stderr } = await alexnet(folder(), ["bench", ...words]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it("stops at Ctrl-C, and leaves no process behind", async () => {
    const child = start(folder(), ["bench", "--backend", "reference", "--work", "inference"]);
    const outcome = ended(child);
    await sleep(1500);
    child.kill("SIGINT");
    expect(await outcome).toMatchObject({ code: 130, stderr: "Stopping.\n" });
  });
});
