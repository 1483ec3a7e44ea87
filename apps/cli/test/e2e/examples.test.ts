import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, type TestContext } from "vitest";
import { isGuessing } from "../../src/commands/train/chance.js";
import { alexnet, jsonLines, temporaryFolder } from "./cli.js";

/** What makes an example of the help short enough for a test; one that is not here fails. */
const short: Readonly<Record<string, readonly string[]>> = {
  "alexnet train": ["--epochs", "2"],
  "alexnet train --input-size 67 --lr 0.02 --epochs 12": ["--epochs", "6"],
  "alexnet train --model lenet5 --dataset mnist --download": ["--epochs", "5"],
};

/** Half of what the sample's recipes reach in the time they are given here; guessing is 0.1. */
const LEARNS = 0.25;

describe("the examples of the help", () => {
  const folder = temporaryFolder();

  it("and of the README are the ones that are tried here", async () => {
    const { stdout } = await alexnet(folder(), ["train", "--help"]);
    const readme = readFileSync(fileURLToPath(new URL("../../../../README.md", import.meta.url)), "utf8");
    const help = [...stdout.matchAll(/^ {2}(alexnet train.*)$/gm)].map(([, line]) => line as string);
    const shown = [...readme.matchAll(/`(alexnet train[^`]*)`/g)].map(([, line]) => line as string);
    // What goes on from other files, or is about images of one's own, has tests of its own.
    const trained = [...help, ...shown].filter((line) => !/--(resume|from)|my-images/.test(line));
    expect(new Set(trained)).toEqual(new Set(Object.keys(short)));
  });

  it.for(Object.entries(short))("%s learns", { timeout: 600_000 }, async ([line, shorter], context) => {
    const words = line.split(" ").slice(1);
    const data = here(words, context);
    const { code, stdout, stderr } = await alexnet(folder(), [...words, ...shorter, ...data, "--json"]);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    const result = jsonLines(stdout).at(-1);
    expect(result).toMatchObject({ type: "result", guessing: false });
    expect(result?.accuracy).toBeGreaterThan(LEARNS);
  });

  /** MNIST is not fetched for a test. */
  function here(words: readonly string[], context: TestContext): readonly string[] {
    if (!words.includes("mnist")) return [];
    const roots = process.env.ALEXNET_DATA_DIR ? [process.env.ALEXNET_DATA_DIR] : [];
    for (let at = dirname(fileURLToPath(import.meta.url)); dirname(at) !== at; at = dirname(at)) {
      roots.push(join(at, "shared", "data"));
    }
    const found = roots.map((root) => join(root, "mnist")).find((candidate) => existsSync(candidate));
    return found ? ["--data-dir", found] : context.skip("MNIST is not here; set ALEXNET_DATA_DIR to run this");
  }
});

describe("a training that ends at chance", () => {
  const folder = temporaryFolder();

  it("says so and what to try, and does not recommend to predict with it", async () => {
    const words = ["train", "--input-size", "67", "--lr", "0.000001", "--epochs", "1", "--limit-train", "50"];
    const { code, stdout } = await alexnet(folder(), [...words, "--run-dir", "run", "--backend", "onnx:cpu"]);
    expect(code).toBe(0);
    expect(stdout).toContain("That is no better than guessing");
    expect(stdout).toContain("--batch-size");
    expect(stdout).toContain("evaluate run");
    expect(stdout).not.toContain("predict");
  });
});

describe("guessing", () => {
  const evaluation = (top1: number, loss: number, examples = 150) => ({
    ...{ examples, loss, top1, top5: 0.5, seconds: 1 },
    confusion: Array.from({ length: 10 }, () => Array<number>(10).fill(0)),
  });

  it.each([
    ["even guesses", evaluation(0.1, Math.log(10)), true],
    ["lucky guesses", evaluation(0.14, 2.3), true],
    ["a model that diverged", evaluation(0.1, 40), true],
    ["more right than luck gives", evaluation(0.2, 2.3), false],
    ["few right of many, and sure of them", evaluation(0.11, 2.1), false],
    ["two right of ten, which is luck", evaluation(0.2, 2.3, 10), true],
  ])("%s", (_, found, expected) => {
    expect(isGuessing(found)).toBe(expected);
  });
});
