import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlexNetError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { damaged, FILES, randomNumbers, SEED } from "../../formats/test/mutations.js";
import { historyOf, loadWeights, openRun, readMetrics, resumeRun, runPaths, trainRun } from "../src/index.js";
import { newFolder, noise, reference, small, smallTraining } from "./helpers.js";

/** Going on with one that is whole takes ten milliseconds. */
const MOST_MILLISECONDS = 5000;
/** What all of them may take beyond what the process has, whatever the files say. */
const MOST_MIB = 400;

/** The files that are damaged: all of the newest checkpoint, and those of the run. */
async function filesOf(directory: string): Promise<Readonly<Record<string, Uint8Array>>> {
  const checkpoint = (await readdir(runPaths(directory).checkpoints)).toSorted().at(-1)!;
  const inCheckpoint = await readdir(join(directory, "checkpoints", checkpoint));
  const names = [
    "config.json",
    "metrics.jsonl",
    "model.safetensors",
    ...inCheckpoint.map((name) => join("checkpoints", checkpoint, name)),
  ];
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name))] as const)),
  );
}

describe(`${FILES} run folders with a damaged file`, () => {
  it("are gone on with or refused, each in time and within its memory", async () => {
    const [whole, directory] = [await newFolder(), await newFolder()];
    for await (const _ of trainRun(whole, { ...(await smallTraining()), epochs: 2 }));
    const files = await filesOf(whole);
    const names = Object.keys(files).toSorted();
    expect(names).toHaveLength(6);
    const backend = await reference();

    /** Does with a run what its users do, and tells whether they could. It may fail, but only by an error of ours. */
    const goOn = async (): Promise<boolean> => {
      try {
        historyOf(await readMetrics(runPaths(directory).metrics));
        await loadWeights(runPaths(directory).weights);
        const run = await openRun(directory);
        const maxSteps = (run.checkpoint?.state.step ?? 0) + 1;
        const data = { training: noise("noise", 8), validation: noise("test", 3) };
        for await (const _ of resumeRun(run, { ...data, backend, model: small, epochs: 3, maxSteps }));
        return true;
      } catch (error) {
        if (!isAlexNetError(error)) throw error;
        expect(error.message).not.toBe("");
        return false;
      }
    };

    const random = randomNumbers(SEED);
    const before = process.resourceUsage().maxRSS;
    let count = 0;
    for (let index = 0; index < FILES; index++) {
      await rm(directory, { recursive: true, force: true });
      await cp(whole, directory, { recursive: true });
      const name = names[index % names.length]!;
      const bytes = damaged(files[name]!, random);
      await writeFile(join(directory, name), bytes);
      const start = performance.now();
      try {
        if (await goOn()) count++;
        expect(performance.now() - start).toBeLessThan(MOST_MILLISECONDS);
      } catch (cause) {
        const damage = Buffer.from(bytes).toString("base64").slice(0, 4000);
        throw new Error(`${name}, file ${index} of seed ${SEED}, failed: ${damage}`, { cause });
      }
    }
    expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(MOST_MIB);
    // Files that were hurt in a weight or a time are still read: damage does reach what is behind the headers.
    expect(count).toBeGreaterThan(FILES / 100);
    expect(count).toBeLessThan(FILES);
  }, 7_200_000);
});
