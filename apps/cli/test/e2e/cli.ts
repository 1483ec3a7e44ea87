import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));

/** The program as it is published: what npm links, on the compiled sources. */
export const binary = join(packageFolder, "bin", "alexnet.js");

/** What a run of the program came to. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own for the tests of a file, removed afterwards. */
export function temporaryFolder(): () => string {
  let folder = "";
  beforeAll(() => {
    checkBuilt();
    folder = mkdtempSync(join(tmpdir(), "alexnet-cli-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

export function start(
  folder: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  const { FORCE_COLOR: _, NO_COLOR: __, ...inherited } = process.env;
  return spawn(process.execPath, [binary, ...words], { cwd: folder, env: { ...inherited, ...environment } });
}

/** Runs the program to its end. */
export function alexnet(
  folder: string,
  words: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<Outcome> {
  return ended(start(folder, words, environment));
}

export function ended(child: ChildProcessWithoutNullStreams): Promise<Outcome> {
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...texts }));
  });
}

/** The lines of JSON in a text. */
export function jsonLines(text: string): readonly Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** A training small enough for a test: LeNet on some images of the sample, on the backend that is always there. */
export const SMALL = [
  "train",
  ...["--model", "lenet5", "--backend", "reference", "--limit-train", "48", "--limit-test", "20"],
  ...["--batch-size", "8", "--epochs", "2", "--seed", "7"],
] as const;

/** `npm test` builds first; someone who runs vitest alone would else test what they wrote yesterday. */
function checkBuilt(): void {
  const newest = (folder: string): number =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(ts|js)$/.test(name))
      .reduce((latest, name) => Math.max(latest, statSync(join(folder, name)).mtimeMs), 0);
  const built = statSync(join(packageFolder, "dist", "main.js"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built < newest(join(packageFolder, "src"))) throw new Error("Build first: npm run build -w alexnet");
}

/** Why what is about signals is not tested there. */
export const NO_SIGNALS = "Windows has no signals that one process could send to another";
