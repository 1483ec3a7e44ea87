import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { alexnet, jsonLines, SMALL, temporaryFolder } from "./cli.js";

const folder = temporaryFolder();

describe("alexnet train", () => {
  it("fills a run folder and says what to do next", async () => {
    const { code, stdout } = await alexnet(folder(), [...SMALL, "--run-dir", "run"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +1 +\d\.\d{4} +\d+\.\d % +\d\.\d{4} +\d+\.\d % /m);
    expect(stdout).toMatch(/^Loss .*training.*test$/m);
    expect(stdout).toMatch(/^Test accuracy \d+\.\d % after 2 epochs, [\d.,]+ images\/s\.$/m);
    const files = readdirSync(join(folder(), "run")).sort();
    const expected = [
      ...["checkpoints", "config.json", "confusion.svg", "curves.svg", "example.png", "filters.png", "metrics.jsonl"],
      "model.safetensors",
    ];
    expect(files).toEqual(expected);
    expect(
      Math.max(
        ...stdout
          .split("\n")
          .slice(0, -6)
          .map((line) => [...line].length),
      ),
    ).toBeLessThanOrEqual(80);
  });

  it("writes one event a line, none with tensors", () => {
    const events = jsonLines(readFileSync(join(folder(), "run", "metrics.jsonl"), "utf8"));
    const step = Array(6).fill("step");
    const epoch = [...step, "weights", "epoch", "evaluation", "checkpoint"];
    expect(events.map(({ type }) => type)).toEqual(["start", ...epoch, ...epoch, "end"]);
    expect(events.at(-1)).toEqual({ type: "end", reason: "completed", step: 12, epoch: 2 });
  });

  it("notes all it takes to repeat the training", () => {
    expect(JSON.parse(readFileSync(join(folder(), "run", "config.json"), "utf8"))).toMatchObject({
      versions: { node: process.version },
      model: { name: "lenet5", options: { classes: 10, channels: 1, inputSize: 28 } },
      dataset: { name: "sample", limitTrain: 48, limitTest: 20, training: 48, test: 20 },
      training: { epochs: 2, batchSize: 8, seed: 7, schedule: { kind: "constant" } },
      backend: { asked: "reference", info: { name: "reference", precision: "float64" } },
    });
  });

  it("is evaluated on ten crops of each image, and averaged with other trainings", async () => {
    await alexnet(folder(), [...SMALL, "--seed", "8", "--run-dir", "other", "--quiet"]);
    const words = ["evaluate", "run", "--backend", "reference", "--limit-test", "20"];
    const evaluated = async (...more: readonly string[]) => {
      const { code, stdout } = await alexnet(folder(), [...words, ...more]);
      expect(code).toBe(0);
      return stdout;
    };
    expect(await evaluated("--ten-crop", "--ensemble", "other")).toMatch(
      /averaged with 1 other training, ten crops of each image, on fashion-mnist sample test/,
    );
    const plain = JSON.parse(await evaluated("--json"));
    const averaged = JSON.parse(await evaluated("--json", "--ten-crop"));
    expect([plain.examples, averaged.examples]).toEqual([20, 20]);
    expect(averaged.loss).not.toBe(plain.loss);
    const itself = JSON.parse(await evaluated("--json", "--ensemble", "run"));
    expect(itself.loss).toBeCloseTo(plain.loss, 6);
    expect(itself.confusion).toEqual(plain.confusion);
  });

  it("stops after so many steps, evaluates every so many epochs, and goes on", async () => {
    const words = [...SMALL, "--run-dir", "few", "--json", "--max-steps", "8", "--evaluate-every", "2"];
    const types = (text: string) => jsonLines(text).map(({ type }) => type);
    const first = await alexnet(folder(), words);
    expect(first.code).toBe(0);
    expect(types(first.stdout).filter((type) => type === "step").length).toBe(8);
    expect(types(first.stdout)).not.toContain("evaluation");
    const rest = await alexnet(folder(), ["train", "--resume", "few", "--json"]);
    expect(types(rest.stdout).filter((type) => type === "step").length).toBe(4);
    expect(types(rest.stdout)).toContain("evaluation");
    const weights = (run: string): Buffer => readFileSync(join(folder(), run, "model.safetensors"));
    expect(weights("few").equals(weights("run"))).toBe(true);
  });

  it("gives the same weights again from the same flags", async () => {
    await alexnet(folder(), [...SMALL, "--run-dir", "again", "--quiet"]);
    const weights = (run: string): Buffer => readFileSync(join(folder(), run, "model.safetensors"));
    expect(weights("again").equals(weights("run"))).toBe(true);
  });

  it("gives each of several that start at once a folder of its own, and leaves none where it cannot start", async () => {
    const runs = (): readonly string[] =>
      existsSync(join(folder(), "runs")) ? readdirSync(join(folder(), "runs")) : [];
    const before = runs();
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => alexnet(folder(), [...SMALL, "--quiet"])));
    expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual(Array(4).fill([0, ""]));
    expect(runs().length).toBe(before.length + 4);
    const absent = await alexnet(folder(), [
      "train",
      "--model",
      "lenet5",
      "--dataset",
      "mnist",
      "--data-dir",
      "nowhere",
    ]);
    expect(absent.code).not.toBe(0);
    expect(runs().length).toBe(before.length + 4);
  });

  it("prints its commands so that they work", async () => {
    const { stdout: evaluated } = await alexnet(folder(), ["evaluate", "run"]);
    expect(evaluated).toMatch(/loss \d\.\d+ {3}top-1 \d+\.\d % {3}top-5 \d+\.\d %/);
    expect(evaluated).toMatch(/^0 T-shirt\/top /m);
    expect(Math.max(...evaluated.split("\n").map((line) => [...line].length))).toBeLessThanOrEqual(80);
    const { stdout: predicted } = await alexnet(folder(), ["predict", join("run", "example.png"), "--weights", "run"]);
    expect(predicted.split("\n").filter((line) => line.includes(" %"))).toHaveLength(5);
  });

  it("evaluates weights to what the training said", async () => {
    const { stdout } = await alexnet(folder(), [
      ...["evaluate", join("run", "model.safetensors"), "--limit-test", "20"],
      ...["--backend", "reference", "--json"],
    ]);
    const events = jsonLines(readFileSync(join(folder(), "run", "metrics.jsonl"), "utf8"));
    const last = events.filter(({ type }) => type === "evaluation").at(-1)?.evaluation as Record<string, unknown>;
    const { loss, top1, top5, confusion } = last;
    expect(JSON.parse(stdout)).toMatchObject({ model: "lenet5", loss, top1, top5, confusion });
  });

  it("predicts several pictures, in spite of one that cannot be read", async () => {
    const example = join("run", "example.png");
    const words = ["predict", example, "missing.png", example, "--weights", "run", "--json"];
    const { code, stdout, stderr } = await alexnet(folder(), words);
    expect(code).toBe(1);
    expect(stderr).toContain("missing.png");
    const predictions = JSON.parse(stdout) as { image: string; classes: { probability: number }[] }[];
    expect(predictions.map(({ image }) => image)).toEqual([example, example]);
    expect(predictions[0]?.classes).toHaveLength(5);
    expect(predictions[0]?.classes).toEqual(predictions[1]?.classes);
  });

  it("prints events as JSON lines", async () => {
    const { code, stdout } = await alexnet(folder(), [...SMALL, "--run-dir", "json", "--epochs", "1", "--json"]);
    expect(code).toBe(0);
    const lines = jsonLines(stdout);
    expect(lines[0]).toMatchObject({ type: "run", directory: "json" });
    expect(lines[1]).toMatchObject({ type: "start", steps: 6 });
    expect(lines.at(-2)).toEqual({ type: "end", reason: "completed", step: 6, epoch: 1 });
    expect(lines.at(-1)).toMatchObject({ type: "result", directory: "json" });
  });

  it("takes a smaller batch, and says so, only when none was asked for", async () => {
    const words = ["train", "--model", "lenet5", "--backend", "reference", "--limit-train", "32", "--limit-test", "10"];
    const { stderr } = await alexnet(folder(), [...words, "--epochs", "1", "--run-dir", "fitting", "--quiet"]);
    expect(stderr).toContain("The training set has 32 images, fewer than a usual batch of lenet5 (64)");
    expect(stderr).toContain("training with batches of 8.");
  });

  it("trains a finished run further, as if it had been told to from the start", async () => {
    await alexnet(folder(), [...SMALL, "--run-dir", "more", "--epochs", "1", "--quiet"]);
    const finished = await alexnet(folder(), ["train", "--resume", "more"]);
    expect(finished.stderr).toContain("has done its 1 epochs. To train it further");
    expect(finished.code).toBe(1);
    const { code } = await alexnet(folder(), ["train", "--resume", "more", "--epochs", "2", "--quiet"]);
    expect(code).toBe(0);
    const file = (run: string, name: string): Buffer => readFileSync(join(folder(), run, name));
    expect(file("more", "model.safetensors").equals(file("run", "model.safetensors"))).toBe(true);
    expect(events("more")).toEqual(events("run"));
  });

  it("refuses the checkpoint of another model", async () => {
    const config = join(folder(), "json", "config.json");
    const text = readFileSync(config, "utf8").replace('"name": "lenet5"', '"name": "alexnet-d2l"');
    writeFileSync(config, text.replace('"inputSize": 28', '"inputSize": 67'));
    const { code, stderr } = await alexnet(folder(), ["train", "--resume", "json", "--epochs", "2"]);
    expect(stderr).toContain('The checkpoint is of the model "lenet5", not of "alexnet-d2l".');
    expect(code).toBe(1);
    expect(readFileSync(join(folder(), "json", "metrics.jsonl"), "utf8")).toContain('"type":"end"');
  });

  it("names a damaged checkpoint, and goes on from the one before it once that is gone", async () => {
    const checkpoints = join(folder(), "run", "checkpoints");
    const weights = join(checkpoints, "step-00000012", "parameters.safetensors");
    writeFileSync(weights, readFileSync(weights).subarray(0, 1000));
    const damaged = await alexnet(folder(), ["train", "--resume", "run", "--epochs", "3"]);
    expect(damaged.stderr).toContain("step-00000012");
    expect(damaged.stderr).toContain("remove the damaged one first");
    expect(damaged.code).toBe(1);
    rmSync(join(checkpoints, "step-00000012"), { recursive: true });
    const { code } = await alexnet(folder(), ["train", "--resume", "run", "--quiet"]);
    expect(code).toBe(0);
    expect(existsSync(join(checkpoints, "step-00000012"))).toBe(true);
    expect(events("run")).toEqual(events("more"));
  });

  /** What happened in a run, without how long it took. */
  function events(run: string): unknown {
    const text = readFileSync(join(folder(), run, "metrics.jsonl"), "utf8");
    return JSON.parse(
      JSON.stringify(jsonLines(text), (key, value) => (key === "seconds" || key === "location" ? undefined : value)),
    );
  }
});

describe("alexnet compare --train", () => {
  it("trains both models and shows how they did", async () => {
    const { code, stdout } = await alexnet(folder(), [
      ...["compare", "lenet5", "alexnet-d2l", "--train", "--limit-train", "16", "--limit-test", "10"],
      ...["--epochs", "1", "--batch-size", "8", "--input-size", "67", "--run-dir", "both"],
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^model +test accuracy/m);
    expect(readdirSync(join(folder(), "both")).sort()).toEqual(["alexnet-d2l", "compare.svg", "lenet5"]);
    expect(readFileSync(join(folder(), "both", "compare.svg"), "utf8")).toContain("alexnet-d2l, test");
  });
});
