import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { referenceBackend } from "@alexnet/backend-reference";
import { type Backend, fit, hasCode, lenet5, ProgramError } from "@alexnet/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runConformance } from "../src/index.js";
import { smallDataset } from "./small-dataset.js";

/** A second installation: what is imported from it finds its own core beside it. */
const second = mkdtempSync(join(tmpdir(), "alexnet-two-copies-"));
afterAll(() => rmSync(second, { recursive: true, force: true }));

function install(name: string): string {
  const folder = join(second, "node_modules", name);
  const source = dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  for (const part of ["package.json", "dist"]) cpSync(join(source, part), join(folder, part), { recursive: true });
  return pathToFileURL(join(folder, "dist", "index.js")).href;
}

describe("two copies of core in one process", () => {
  let other: typeof import("@alexnet/core");
  let create: () => Promise<Backend>;
  beforeAll(async () => {
    other = await import(install("@alexnet/core"));
    const reference = await import(install("@alexnet/backend-reference"));
    create = async () => reference.referenceBackend();
  });

  it("are two", () => {
    expect(other.ProgramError).not.toBe(ProgramError);
  });

  it("a backend of one copy conforms by the suite of the other", async () => {
    const wrong: string[] = [];
    let passed = 0;
    for await (const { check, status, reason } of runConformance({ create, levels: [1, 2, 3], mostWork: 1e6 })) {
      if (status === "passed") passed += 1;
      else if (status !== "skipped") wrong.push(`${check}: ${reason}`);
    }
    expect(wrong).toEqual([]);
    expect(passed).toBeGreaterThan(500);
  });

  it("an error of one copy is told by its code in the other", async () => {
    const backend = await create();
    await backend.dispose();
    const failure = await backend.createVariables({}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(other.DisposedError);
    expect(hasCode(failure, "DISPOSED")).toBe(true);
  });

  it("the training loop of one copy trains on a backend of the other", async () => {
    const losses: number[] = [];
    for (const backend of [await create(), referenceBackend()]) {
      const options = {
        model: lenet5({ inputSize: 28 }),
        backend,
        training: smallDataset(20),
        epochs: 1,
        batchSize: 10,
      };
      for await (const event of fit(options)) if (event.type === "epoch") losses.push(event.loss);
      await backend.dispose();
    }
    expect(losses).toHaveLength(2);
    expect(losses[0]).toBe(losses[1]);
  });
});
