import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { initialParameters, lenet5 } from "@alexnet/core";
import { writeSafetensors } from "@alexnet/formats/node";
import { beforeAll, describe, expect, it } from "vitest";
import { alexnet, temporaryFolder } from "./cli.js";

const folder = temporaryFolder();

/** A rate at which, as this machine rounds, every loss of the epoch is a number and the weights it ends with give none. */
const DIVERGING = [
  ...["--lr", "5", "--epochs", "1", "--limit-train", "100", "--limit-test", "10", "--input-size", "67"],
  ...["--backend", "onnx:cpu", "--threads", "2"],
];

describe("numbers that are not finite", () => {
  let example: string;
  beforeAll(async () => {
    const model = lenet5();
    const parameters = { ...initialParameters(model, 1) };
    parameters["fc5.weight"] = { shape: [10, 84], data: new Float32Array(840).fill(3e38) };
    await writeSafetensors(join(folder(), "huge.safetensors"), parameters, { model: "lenet5", dataset: "sample" });
  });

  it.each([[], ["--json"]])("end a training whose evaluation is not finite %j", async (...more) => {
    const run = `run${more.length}`;
    const words = ["train", "--model", "alexnet-d2l", ...DIVERGING, "--run-dir", run, ...more];
    const { code, stdout, stderr } = await alexnet(folder(), words);
    expect(stderr).toMatch(/^error: The (evaluation after|loss of) step \d is .*Lower the learning rate/m);
    expect(stderr).not.toContain("--resume");
    expect(code).toBe(1);
    expect(stdout).not.toMatch(/NaN|"accuracy":1}/);
    expect(readdirSync(join(folder(), run)).sort()).toEqual(["config.json", "example.png", "metrics.jsonl"]);
    expect(readFileSync(join(folder(), run, "metrics.jsonl"), "utf8")).not.toContain("evaluation");
    example = join(folder(), run, "example.png");
  });

  it("end a comparison", async () => {
    const { code, stderr } = await alexnet(folder(), ["compare", "alexnet-d2l", "lenet5", "--train", ...DIVERGING]);
    expect(stderr).toMatch(/The (evaluation after|loss of) step \d is/);
    expect(code).toBe(1);
  });

  it.each([["evaluate", "huge.safetensors"], ["predict"]])("are no answer to %s", async (...words) => {
    const rest = words[0] === "predict" ? [example, "--weights", "huge.safetensors"] : [];
    const { code, stdout, stderr } = await alexnet(folder(), [...words, ...rest, "--backend", "onnx:cpu"]);
    expect(stderr).toMatch(/^error: The model "lenet5" answers (NaN|-?Infinity) for class/m);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });
});
