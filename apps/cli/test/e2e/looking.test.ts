import { describe, expect, it } from "vitest";
import { alexnet, ended, start, temporaryFolder } from "./cli.js";

const folder = temporaryFolder();

const widest = (text: string): number => Math.max(...text.split("\n").map((line) => [...line].length));

describe("alexnet, looking at models", () => {
  it("lists the zoo in 80 columns", async () => {
    const { code, stdout, stderr } = await alexnet(folder(), ["models"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/alexnet-2012 +3×227×227 +60,965,224/);
    expect(stdout).toMatch(/lenet5 +1×28×28 +61,706/);
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  });

  it("lists it as JSON", async () => {
    const { stdout } = await alexnet(folder(), ["models", "--json"]);
    expect(JSON.parse(stdout)[0]).toMatchObject({ name: "alexnet-2012", parameters: 60965224 });
  });

  it("summarizes a model with the options it was given", async () => {
    const { stdout } = await alexnet(folder(), ["summary", "alexnet-2012", "--towers", "1", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ parameters: 62378344 });
  });

  it("compares two models in 80 columns", async () => {
    const { stdout } = await alexnet(folder(), ["compare", "alexnet-d2l", "lenet5"]);
    expect(stdout).toMatch(/activations +7 × ReLU +4 × sigmoid/);
    expect(stdout).toMatch(/parameters +46,764,746 +61,706/);
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  });

  it("tells which backends there are", async () => {
    const { stdout } = await alexnet(folder(), ["backends", "--json"]);
    const probes = JSON.parse(stdout) as { name: string; available: boolean }[];
    expect(probes).toContainEqual(expect.objectContaining({ name: "reference", available: true }));
    expect(probes.map(({ name }) => name)).toContain("onnx:cpu");
  });

  it("shows help with examples, and its version", async () => {
    for (const command of [
      "models",
      "summary",
      "compare",
      "backends",
      "train",
      "evaluate",
      "predict",
      "conformance",
      "bench",
    ]) {
      const { code, stdout } = await alexnet(folder(), [command, "--help"]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples:\n {2}alexnet /);
      expect(stdout).toContain("--json");
      expect(widest(stdout)).toBeLessThanOrEqual(80);
    }
    expect((await alexnet(folder(), ["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    ["a result", ["summary", "alexnet-2012", "--json"]],
    ["help", ["train", "--help"]],
  ])("does not mind a reader that goes away from %s", async (_, words) => {
    const child = start(folder(), words);
    // Before the first word: what is short is written at once.
    child.stdout.destroy();
    const { code, stderr } = await ended(child);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});
