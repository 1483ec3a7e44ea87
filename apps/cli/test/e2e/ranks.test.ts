import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { alexnet2012, lenet5, type Model, paperSgd, trainingProgram } from "@alexnet/core";
import { decodeSafetensors } from "@alexnet/formats";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { trainingBudget } from "../../../../conformance/src/training/errors.js";
import { type Ended, launchers, NO_LAUNCHER, onRanks } from "../../../../packages/distributed/test/launchers.js";
import { alexnet, binary, temporaryFolder } from "./cli.js";

/** With a last batch that is smaller. */
const data = ["--dataset", "sample", "--limit-train", "70", "--limit-test", "31", "--batch-size", "20"];
const course = ["--epochs", "2", "--seed", "3"];
/** So fast that what is learned is of the size of the weights. */
const lenetAnywhere = ["train", "--model", "lenet5", ...data, ...course, "--lr", "0.1"];
const lenet = [...lenetAnywhere, "--threads", "1"];
/** The 2012 network's two towers, as small as they get. */
const towers = [
  "train",
  "--model",
  "alexnet-2012",
  "--input-size",
  "67",
  ...data,
  ...course,
  "--lr",
  "0.01",
  "--threads",
  "1",
];

/** How far two trainings in float32 that differ in nothing but the order of their sums may be from each other, relative. */
function budgetOf(model: Model): number {
  const { budget, unit } = trainingBudget(trainingProgram(model, 20, paperSgd), { precision: "float32" }, 8);
  return Math.hypot(budget, budget) * unit;
}
/** LeNet-5 decides nothing: sigmoids, and averages. */
const gentle = { losses: budgetOf(lenet5()), weights: budgetOf(lenet5()) };
/** The towers have rectifiers and maxima, a decision of which may turn; what weights come to then has no budget. */
const deciding = { losses: budgetOf(alexnet2012({ classes: 10, channels: 1, inputSize: 67 })), weights: 1e-2 };

interface Step {
  readonly type: string;
  readonly loss: number;
  readonly examples: number;
}

async function stepsOf(folder: string): Promise<readonly Step[]> {
  const text = await readFile(join(folder, "metrics.jsonl"), "utf8");
  const records: readonly Step[] = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return records.filter(({ type }) => type === "step");
}

/** The largest difference of weights, relative to the largest of their tensor. */
async function apart(a: string, b: string): Promise<number> {
  const [first, second] = await Promise.all(
    [a, b].map(async (folder) => decodeSafetensors(await readFile(join(folder, "model.safetensors"))).tensors),
  );
  const largest = (values: readonly number[]): number =>
    values.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  const errors = Object.entries(first!).map(([name, { data }]) => {
    const values = Array.from(data);
    const differences = values.map((value, index) => value - second![name]!.data[index]!);
    return largest(differences) / largest(values);
  });
  return largest(errors);
}

describe.each(launchers)("a training on several ranks of $name", ({ name, command = "" }) => {
  const folder = temporaryFolder();
  const at = (run: string): string => join(folder(), run);
  const ranks = (count: number, ...words: readonly string[]): Promise<Ended> =>
    onRanks(command, count, binary, ...words);

  it.skipIf(command === "").each([
    ["data", 2, lenet, gentle],
    ["data", 3, lenet, gentle],
    ["hybrid", 2, lenet, gentle],
    ["hybrid", 2, [...lenetAnywhere, "--backend", "tfjs:cpu"], gentle],
    ["model", 2, towers, deciding],
  ] as const)(
    "divided by %s among %i comes to what one comes to, and one tells of it",
    async (division, count, training, most) => {
      const run = await mkdtemp(at("run-"));
      const one = await mkdtemp(at("one-"));
      await alexnet(folder(), [...training, "--run-dir", one]);
      const alone = await stepsOf(one);
      const { code, stdout } = await ranks(count, ...training, "--divide", division, "--run-dir", run);
      expect({ code, stdout }).toMatchObject({ code: 0 });
      expect(stdout.match(/Test accuracy/g)).toHaveLength(1);
      expect(stdout).toContain(`${count}, each with a share of every`);
      expect(stdout).toContain(name);
      const steps = await stepsOf(run);
      expect(steps.map(({ examples }) => examples)).toEqual([20, 20, 20, 10, 20, 20, 20, 10]);
      for (const [index, { loss }] of alone.entries()) {
        expect(Math.abs(steps[index]!.loss - loss) / loss).toBeLessThan(most.losses);
      }
      expect(await apart(run, one)).toBeLessThan(most.weights);
      const config = JSON.parse(await readFile(join(run, "config.json"), "utf8"));
      expect(config.job).toEqual({ ranks: count, division });
    },
  );

  it("goes on with another number of them", async (context) => {
    context.skip(command === "", NO_LAUNCHER);
    await alexnet(folder(), [...lenet, "--run-dir", at("whole")]);
    await ranks(2, ...lenet, "--divide", "hybrid", "--max-steps", "3", "--run-dir", at("changing"));
    await alexnet(folder(), ["train", "--resume", at("changing"), "--threads", "1", "--max-steps", "6"]);
    const { code, stderr } = await ranks(2, "train", "--resume", at("changing"));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(await stepsOf(at("changing"))).toHaveLength(8);
    const { resumed } = JSON.parse(await readFile(join(at("changing"), "config.json"), "utf8"));
    // As it was divided when it was.
    expect(resumed.map(({ job }: { job?: unknown }) => job)).toEqual([undefined, { ranks: 2, division: "hybrid" }]);
    expect(await apart(at("changing"), at("whole"))).toBeLessThan(gentle.weights);
  });

  it("leaves out pictures, and is evaluated on ten crops of each, as one does", async (context) => {
    context.skip(command === "", NO_LAUNCHER);
    const pictures = at("pictures");
    for (const [label, red] of [
      ["cats", 40],
      ["dogs", 160],
    ] as const) {
      await mkdir(join(pictures, label), { recursive: true });
      for (let index = 0; index < 15; index++) {
        const noise = Uint8Array.from({ length: 40 * 36 * 3 }, (_, place) => red + ((place * (index + 7)) % 70));
        const made = sharp(noise, { raw: { width: 40, height: 36, channels: 3 } }).png();
        // The last of each class is none.
        await writeFile(join(pictures, label, `${index}.png`), index === 14 ? "none" : await made.toBuffer());
      }
    }
    const words = [
      "train",
      "--model",
      "lenet5",
      "--input-size",
      "28",
      "--channels",
      "3",
      "--dataset",
      pictures,
      ...course,
      "--lr",
      "0.1",
    ];
    const lenient = ["--batch-size", "8", "--most-bad", "5", "--quiet"];
    await alexnet(folder(), [...words, ...lenient, "--threads", "1", "--run-dir", at("one-skipping")]);
    const { code, stdout, stderr } = await ranks(2, ...words, ...lenient, "--run-dir", at("skipping"));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/2 pictures could not be read and were left out: skipped\.txt in the run folder names them/);
    const skipped = await Promise.all(
      ["one-skipping", "skipping"].map((run) => readFile(join(at(run), "skipped.txt"), "utf8")),
    );
    expect(skipped[1]!.split("\n").toSorted()).toEqual(skipped[0]!.split("\n").toSorted());
    expect(await apart(at("skipping"), at("one-skipping"))).toBeLessThan(gentle.weights);

    const evaluation = ["evaluate", at("skipping"), "--ten-crop", "--json", "--batch-size", "30"];
    const alone = JSON.parse((await alexnet(folder(), evaluation)).stdout);
    const together = JSON.parse((await ranks(2, ...evaluation)).stdout);
    const { seconds: _, loss, ...rest } = alone;
    expect(together).toMatchObject(rest);
    expect(Math.abs(together.loss - loss) / loss).toBeLessThan(gentle.losses);
  });

  it("ends when one of them fails, which says so", async (context) => {
    context.skip(command === "", NO_LAUNCHER);
    const missing = ["train", "--dataset", at("missing"), "--run-dir", at("failing")];
    const words = [...lenet, "--run-dir", at("failing"), ":", "-n", "1", process.execPath, binary, ...missing];
    const { code, stderr } = await ranks(1, ...words);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/error: Rank 1 of 2: There is no folder/);
  });

  it("is for trainings and evaluations, not for what one process does", async (context) => {
    context.skip(command === "", NO_LAUNCHER);
    const { code, stderr } = await ranks(2, "compare", "lenet5", "alexnet-d2l");
    expect(code).not.toBe(0);
    expect(stderr).toContain("alexnet compare is done by one process, and 2 were started.");
  });

  it("cannot divide two towers among three", async (context) => {
    context.skip(command === "", NO_LAUNCHER);
    const { code, stderr } = await ranks(3, ...towers, "--divide", "model", "--run-dir", at("three"));
    expect(code).not.toBe(0);
    expect(stderr).toContain('3 ranks cannot share the 2 groups of "conv2"');
  });
});

describe("a training of one rank", () => {
  const folder = temporaryFolder();

  it("has nobody to divide anything with", async () => {
    const { code, stderr } = await alexnet(folder(), ["train", "--divide", "model"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--divide is for several ranks: mpirun -n 2 npx alexnet train");
  });
});
