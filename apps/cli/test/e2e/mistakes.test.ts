import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { alexnet, binary, ended, temporaryFolder } from "./cli.js";

const folder = temporaryFolder();

describe("alexnet, where nothing can be written", () => {
  it("says so of a folder in which no folder can be made", async ({ skip }) => {
    skip(process.platform !== "linux", "only Linux has /proc, in which nothing can be made");
    const words = ["train", "--model", "lenet5", "--epochs", "1", "--limit-train", "16", "--limit-test", "10"];
    const { code, stderr } = await alexnet(folder(), [...words, "--run-dir", "/proc/nope/run"]);
    expect(stderr).toContain("error: Cannot make the run folder /proc/nope/run");
    expect(code).toBe(1);
  });

  it("says so of a current folder that is gone, and of checkpoints that are no folder", async ({ skip }) => {
    skip(process.platform === "win32", "Windows does not remove the current folder.");
    const gone = join(folder(), "gone");
    mkdirSync(gone);
    const child = spawn("sh", ["-c", `rmdir ../gone && exec "${process.execPath}" "${binary}" models`], { cwd: gone });
    const { code, stderr } = await ended(child);
    expect(stderr).toMatch(/^error: The current folder is not there any more/);
    expect(code).toBe(2);
    const words = ["train", "--model", "lenet5", "--epochs", "1", "--limit-train", "16", "--limit-test", "10"];
    expect((await alexnet(folder(), [...words, "--run-dir", "run", "--quiet"])).code).toBe(0);
    rmSync(join(folder(), "run", "checkpoints"), { recursive: true });
    writeFileSync(join(folder(), "run", "checkpoints"), "");
    const resumed = await alexnet(folder(), ["train", "--resume", "run", "--epochs", "2"]);
    expect(resumed.stderr).toMatch(/^error: Cannot read the folder of checkpoints .*part of its path is not a folder/);
    expect(resumed.code).toBe(1);
  });

  it("says so of an output that takes nothing", async ({ skip }) => {
    skip(process.platform !== "linux", "only Linux has /dev/full");
    const full = openSync("/dev/full", "w");
    try {
      const child = spawn(process.execPath, [binary, "models", "--json"], { stdio: ["ignore", full, "pipe"] });
      let stderr = "";
      child.stderr?.on("data", (piece) => {
        stderr += piece;
      });
      const [code] = await once(child, "close");
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: "error: Cannot write the output: the disk is full (ENOSPC).\n",
      });
    } finally {
      closeSync(full);
    }
  });
});

describe("alexnet, given mistakes", () => {
  it.each([
    [["trian"], "unknown command 'trian'\n(Did you mean train?)"],
    [["train", "--epohcs", "3"], "unknown option '--epohcs'\n(Did you mean --epochs?)"],
    [["train", "--model", "lenet"], 'unknown model "lenet". Did you mean "lenet5"?'],
    [["summary", "alexnet2012"], 'unknown model "alexnet2012". Did you mean "alexnet-2012"?'],
    [["train", "--backend", "onxx"], 'unknown backend "onxx". Did you mean "onnx"?'],
    [["train", "--dataset", "mnits"], 'unknown dataset "mnits". Did you mean "mnist"?'],
    [["train", "--lr", "fast"], "argument 'fast' is invalid. It must be a number."],
    [["train", "--schedule", "stairs"], "Allowed choices are constant, step, polynomial, cosine, plateau."],
    [["train", "--lr-power", "2"], "--lr-power belongs to --schedule polynomial, but the schedule is constant."],
    [["train", "--towers", "1"], "--towers belongs to alexnet-2012."],
    [["train", "--resume", "x", "--lr", "1"], "--lr cannot be given with --resume"],
    [["train", "--model", "lenet5", "--classes", "7"], "--classes is 7, but sample has 10. Leave it out."],
    [["train", "--batch-size", "0"], "argument '0' is invalid. It must be a whole number from 1 to 1,000,000."],
    [["train", "--batch-size", "-8"], "It must be a whole number from 1 to 1,000,000."],
    [["train", "--limit-train", "0"], "It must be a whole number of at least 1."],
    [["train", "--early-stop", "-1"], "It must be a whole number of at least 0."],
    [["train", "--early-stop", "1.5"], "It must be a whole number of at least 0."],
    [["train", "--lr-patience", "1.5"], "It must be a whole number of at least 0."],
    [["train", "--lr-reductions", "-3"], "It must be a whole number of at least 0."],
    [["train", "--lr", "0"], "It must be a number above 0."],
    [["train", "--momentum", "1"], "It must be a number of at least 0 and below 1."],
    [["train", "--weight-decay", "-1"], "It must be a number of 0 or more."],
    [["train", "--threads", "1e9"], "It must be a whole number from 1 to 1,024."],
    [["train", "--input-size", "100000"], "It must be a whole number from 1 to 16,384."],
    [["train", "--seed", "-1"], "It must be a whole number of at least 0."],
    [["train", "--epochs", "1e400"], "It must be a number."],
    [["summary", "lenet5", "--batch", "0"], "It must be a whole number from 1 to 1,000,000."],
    [["conformance", "--most-work", "-1"], "It must be a number above 0."],
    [["compare", "lenet5", "alexnet-d2l", "--epochs", "1"], "--epochs needs --train."],
    [["predict", "cat.png"], "there is no run in the folder runs"],
  ])("%j is a wrong command line, with exit code 2", async (words, message) => {
    const { code, stdout, stderr } = await alexnet(folder(), words);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^error: /);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it.each([
    [["train", "--model", "lenet5", "--batch-size", "5000"], "holds only 750 examples"],
    [["train", "--model", "lenet5", "--limit-train", "751"], "Cannot take 751 examples"],
    [["train", "--dataset", "mnist"], "Fetch them with --download, or say with --data-dir where they are."],
    [["train", "--dataset", "mnist", "--data-dir", "."], "Add --download to fetch it"],
    [["train", "--threads", "2"], "has no threads to choose"],
    [["evaluate", "nowhere"], "Cannot read the weights in nowhere: it is not there (ENOENT)."],
    [["train", "--resume", "nowhere"], "this is not the folder of a run"],
  ])("%j fails with a message and exit code 1, and leaves nothing behind", async (words, message) => {
    const { code, stdout, stderr } = await alexnet(folder(), [
      ...words,
      ...(words.includes("--resume") || words.includes("--backend") || words[0] !== "train"
        ? []
        : ["--backend", "reference"]),
    ]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(readdirSync(folder())).not.toContain("runs");
  });

  it("shows the stack with --debug", async () => {
    const { stderr } = await alexnet(folder(), ["evaluate", "nowhere", "--debug"]);
    expect(stderr).toMatch(/WeightsError: .*\n {4}at /);
  });

  it("does not touch a folder with something in it", async () => {
    const directory = join(folder(), "mine");
    mkdirSync(directory);
    writeFileSync(join(directory, "thesis.txt"), "years of work");
    const { code, stderr } = await alexnet(folder(), ["train", "--run-dir", "mine", "--backend", "reference"]);
    expect(stderr).toContain("The run folder mine is not empty. Choose another --run-dir.");
    expect(code).toBe(1);
    expect(readdirSync(directory)).toEqual(["thesis.txt"]);
  });

  it("colors nothing unless asked to", async () => {
    const plain = await alexnet(folder(), ["evaluate", "nowhere"]);
    expect(plain.stderr).not.toContain("\u001b");
    const forced = await alexnet(folder(), ["evaluate", "nowhere"], { FORCE_COLOR: "1" });
    expect(forced.stderr).toContain("\u001b[31merror:\u001b[39m");
    const refused = await alexnet(folder(), ["evaluate", "nowhere"], { FORCE_COLOR: "1", NO_COLOR: "1" });
    expect(refused.stderr).not.toContain("\u001b");
    const flagged = await alexnet(folder(), ["evaluate", "nowhere", "--no-color"], { FORCE_COLOR: "1" });
    expect(flagged.stderr).not.toContain("\u001b");
  });
});
