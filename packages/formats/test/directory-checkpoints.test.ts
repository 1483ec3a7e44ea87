import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { adam, CheckpointError, InvalidArgumentError, type Optimizer, plainSgd, tensor } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { encodeSafetensors } from "../src/index.js";
import { directoryCheckpoints, readCheckpoint, writeSafetensors } from "../src/node.js";
import { checkpoint, state } from "./checkpoints.js";
import { temporaryDirectory } from "./helpers.js";

describe("a directory of checkpoints", () => {
  it("gives back exactly what was saved", async () => {
    const store = directoryCheckpoints(await temporaryDirectory());
    const folder = await store.save(checkpoint(120));
    expect(await store.latest()).toEqual(checkpoint(120));
    expect(await store.load(folder)).toEqual(checkpoint(120));
    expect(await readCheckpoint(folder)).toEqual(checkpoint(120));
  });

  it("holds one folder per checkpoint, with two files of weights and the state", async () => {
    const directory = await temporaryDirectory();
    const folder = await directoryCheckpoints(directory).save(checkpoint(120));
    expect(folder).toBe(join(directory, "step-00000120"));
    expect((await readdir(folder)).sort()).toEqual(["parameters.safetensors", "state.json", "velocities.safetensors"]);
    expect(JSON.parse(await readFile(join(folder, "state.json"), "utf8"))).toEqual({
      formatVersion: 1,
      state: written(120),
    });
  });

  it("has no latest checkpoint before the first, nor where there is no such directory", async () => {
    const directory = await temporaryDirectory();
    expect(await directoryCheckpoints(directory).latest()).toBeUndefined();
    expect(await directoryCheckpoints(join(directory, "missing")).latest()).toBeUndefined();
  });

  it("is made by the first save", async () => {
    const directory = join(await temporaryDirectory(), "runs", "first");
    await directoryCheckpoints(directory).save(checkpoint(1));
    expect(await readdir(directory)).toEqual(["step-00000001"]);
  });

  it("lists what is there, oldest first, and removes all but the newest on demand", async () => {
    const directory = await temporaryDirectory();
    const store = directoryCheckpoints(directory, { keep: 10 });
    expect(await store.list()).toEqual([]);
    for (const step of [5, 10, 15]) await store.save(checkpoint(step));
    expect(await store.list()).toEqual(
      ["05", "10", "15"].map((step) => ({ step: Number(step), path: join(directory, `step-000000${step}`) })),
    );
    await expect(store.prune(0)).rejects.toThrow("keep must be a whole number of 1 or more; got 0.");
    await store.prune(2);
    expect((await store.list()).map(({ step }) => step)).toEqual([10, 15]);
  });

  it("keeps the newest two, or as many as asked for", async () => {
    const [two, three] = [await temporaryDirectory(), await temporaryDirectory()];
    for (const step of [5, 10, 15, 20]) {
      await directoryCheckpoints(two).save(checkpoint(step));
      await directoryCheckpoints(three, { keep: 3 }).save(checkpoint(step));
    }
    expect(await readdir(two)).toEqual(["step-00000015", "step-00000020"]);
    expect(await readdir(three)).toEqual(["step-00000010", "step-00000015", "step-00000020"]);
  });

  it("keeps the one with the best evaluation too, until there is a better one", async () => {
    const directory = await temporaryDirectory();
    const store = directoryCheckpoints(directory, { keep: 1 });
    const kept = async () => (await store.list()).map(({ step }) => step);
    for (const [step, best, expected] of [
      [5, 5, [5]],
      [10, 5, [5, 10]],
      [15, 5, [5, 15]],
      [20, 20, [20]],
      [25, undefined, [25]],
    ] as const) {
      await store.save(checkpoint(step, best));
      expect(await kept()).toEqual(expected);
    }
  });

  it.each([0, -1, 1.5, Number.NaN])("cannot keep %d", (keep) => {
    expect(() => directoryCheckpoints("anywhere", { keep })).toThrow(InvalidArgumentError);
  });

  it("orders checkpoints by step, not by name", async () => {
    const store = directoryCheckpoints(await temporaryDirectory());
    await store.save(checkpoint(99_999_999));
    await store.save(checkpoint(100_000_000));
    expect((await store.latest())?.state.step).toBe(100_000_000);
  });

  it("leaves everything else in the directory alone", async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "notes.txt"), "mine");
    await mkdir(join(directory, "step-1.partial"));
    await directoryCheckpoints(directory, { keep: 1 }).save(checkpoint(1));
    await directoryCheckpoints(directory, { keep: 1 }).save(checkpoint(2));
    expect((await readdir(directory)).sort()).toEqual(["notes.txt", "step-00000002", "step-1.partial"]);
  });

  it("takes a checkpoint of the same step in place of the old one", async () => {
    const directory = await temporaryDirectory();
    const store = directoryCheckpoints(directory);
    await store.save(checkpoint(4));
    const other = { ...checkpoint(4), parameters: checkpoint(5).parameters };
    await store.save(other);
    expect(await store.latest()).toEqual(other);
    expect(await readdir(directory)).toEqual(["step-00000004"]);
  });

  it("keeps what each optimizer does, a file each", async () => {
    const directory = await temporaryDirectory();
    const store = directoryCheckpoints(directory);
    const { parameters, state: before } = checkpoint(1);
    const by = (optimizer: Optimizer) => ({ ...before, identity: { ...before.identity, optimizer } });
    const plain = { parameters, optimizerState: {}, state: by(plainSgd) };
    const folder = await store.save(plain);
    expect((await readdir(folder)).sort()).toEqual(["parameters.safetensors", "state.json"]);
    expect(await store.latest()).toEqual(plain);
    const averaged = { parameters, optimizerState: { means: parameters, variances: parameters }, state: by(adam) };
    await store.save(averaged);
    expect((await readdir(folder)).sort()).toEqual([
      "means.safetensors",
      "parameters.safetensors",
      "state.json",
      "variances.safetensors",
    ]);
    expect(await store.latest()).toEqual(averaged);
    await expect(store.save({ ...averaged, optimizerState: { means: parameters } })).rejects.toThrow(
      "The checkpoint of step 1 lacks the optimizer's variances.",
    );
    expect(await store.latest()).toEqual(averaged);
  });

  it("reads those of earlier releases, which kept a file of no velocities without momentum", async () => {
    const directory = await temporaryDirectory();
    const store = directoryCheckpoints(directory);
    const { parameters, state: before } = checkpoint(1);
    const plain = {
      parameters,
      optimizerState: {},
      state: { ...before, identity: { ...before.identity, optimizer: plainSgd } },
    };
    await writeSafetensors(join(await store.save(plain), "velocities.safetensors"), {});
    expect(await store.latest()).toEqual(plain);
  });

  it("refuses a checkpoint of an earlier step, and keeps what it has", async () => {
    const directory = await temporaryDirectory();
    const store = directoryCheckpoints(directory);
    await store.save(checkpoint(500));
    await expect(store.save(checkpoint(10))).rejects.toThrow(CheckpointError);
    await expect(store.save(checkpoint(10))).rejects.toThrow(/already holds step-00000500, of another training/);
    expect(await readdir(directory)).toEqual(["step-00000500"]);
  });

  it.each([
    ["parameters", Number.NaN, "NaN at index 1 of fc.bias"],
    ["velocities", Number.POSITIVE_INFINITY, "Infinity at index 1 of fc.bias"],
  ] as const)("refuses %s that hold %d, and keeps what it has", async (part, value, message) => {
    const directory = await temporaryDirectory();
    const store = directoryCheckpoints(directory);
    await store.save(checkpoint(1));
    const strange = { "fc.bias": tensor([2], [0, value]) };
    const diverged = {
      ...checkpoint(2),
      ...(part === "parameters" ? { parameters: strange } : { optimizerState: { velocities: strange } }),
    };
    await expect(store.save(diverged)).rejects.toThrow(CheckpointError);
    await expect(store.save(diverged)).rejects.toThrow(message);
    expect(await store.latest()).toEqual(checkpoint(1));
  });

  it("refuses a state that JSON cannot hold", async () => {
    const broken = { ...state(1), schedule: { best: Number.POSITIVE_INFINITY, stale: 0, reductions: 0 } };
    const store = directoryCheckpoints(await temporaryDirectory());
    await expect(store.save({ ...checkpoint(1), state: broken })).rejects.toThrow(CheckpointError);
    await expect(store.save({ ...checkpoint(1), state: broken })).rejects.toThrow('"schedule.best" must be finite');
  });

  it("says what is in the way when the directory cannot be made", async () => {
    const occupied = join(await temporaryDirectory(), "file");
    await writeFile(occupied, "");
    const saving = directoryCheckpoints(occupied).save(checkpoint(1));
    await expect(saving).rejects.toThrow(CheckpointError);
    await expect(saving).rejects.toThrow(join(occupied, "step-00000001"));
  });
});

describe("a damaged checkpoint", () => {
  const faults: [string, (folder: string) => Promise<unknown>, RegExp][] = [
    [
      "truncated weights",
      (folder) => truncate(join(folder, "parameters.safetensors")),
      /parameters\.safetensors.*truncated/,
    ],
    ["truncated velocities", (folder) => truncate(join(folder, "velocities.safetensors")), /velocities\.safetensors/],
    [
      "an absurd header",
      (folder) => writeFile(join(folder, "parameters.safetensors"), absurd),
      /parameters.*claims \d+ byt/,
    ],
    [
      "an empty file of weights",
      (folder) => writeFile(join(folder, "parameters.safetensors"), ""),
      /parameters.*got 0 b/,
    ],
    [
      "missing weights",
      (folder) => rm(join(folder, "parameters.safetensors")),
      /parameters\.safetensors: it is not there/,
    ],
    ["missing velocities", (folder) => rm(join(folder, "velocities.safetensors")), /velocities.*it is not there/],
    ["a missing state", (folder) => rm(join(folder, "state.json")), /state\.json: it is not there/],
    ["a state that is not JSON", (folder) => writeFile(join(folder, "state.json"), "{"), /state\.json: it is not JSON/],
    ["a NaN among the weights", (folder) => writeTensors(folder, Number.NaN), /parameters.*NaN at index 0 of fc\.bias/],
    ["an infinity among the weights", (folder) => writeTensors(folder, -Infinity), /-Infinity at index 0 of fc\.bias/],
    [
      "another format version",
      (folder) => writeState(folder, { formatVersion: 2 }),
      /version 2, and .* reads version 1/,
    ],
    ["no format version", (folder) => writeState(folder, { formatVersion: undefined }), /version nothing/],
    ["a missing step", (folder) => writeState(folder, { state: { ...written(2), step: undefined } }), /"step" must be/],
    ["a negative epoch", (folder) => writeState(folder, { state: { ...written(2), epoch: -1 } }), /"epoch" .* got -1/],
    [
      "no recipe",
      (folder) => writeState(folder, { state: { ...written(2), recipe: [] } }),
      /"recipe" must be an object/,
    ],
    ["no state", (folder) => writeState(folder, { state: null }), /"state" must be an object; got null/],
  ];

  it.each(faults)("with %s is refused, naming the file and the checkpoint before it", async (_, damage, message) => {
    const directory = await temporaryDirectory();
    const store = directoryCheckpoints(directory);
    const older = await store.save(checkpoint(1));
    const folder = await store.save(checkpoint(2));
    await damage(folder);
    for (const read of [store.latest, () => store.load(folder)]) {
      const error: unknown = await read().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(CheckpointError);
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message).toContain(`The one before it is whole: ${older}.`);
    }
    await expect(readCheckpoint(folder)).rejects.toThrow(message);
  });

  it("without a whole one before it says so", async () => {
    const store = directoryCheckpoints(await temporaryDirectory());
    await truncate(join(await store.save(checkpoint(1)), "parameters.safetensors"));
    await truncate(join(await store.save(checkpoint(2)), "parameters.safetensors"));
    await expect(store.latest()).rejects.toThrow("No older checkpoint beside it is whole.");
  });

  it("points past a damaged older one to a whole one", async () => {
    const store = directoryCheckpoints(await temporaryDirectory(), { keep: 3 });
    const whole = await store.save(checkpoint(1));
    await truncate(join(await store.save(checkpoint(2)), "parameters.safetensors"));
    await truncate(join(await store.save(checkpoint(3)), "parameters.safetensors"));
    await expect(store.latest()).rejects.toThrow(`The one before it is whole: ${whole}.`);
  });

  it("that is not there is refused by name", async () => {
    const directory = await temporaryDirectory();
    const folder = join(directory, "step-00000009");
    await expect(directoryCheckpoints(directory).load(folder)).rejects.toThrow(CheckpointError);
    await expect(directoryCheckpoints(directory).load(folder)).rejects.toThrow(
      `${join(folder, "state.json")}: it is not`,
    );
  });
});

describe("what an interrupted save leaves behind", () => {
  it("is no checkpoint, and goes at the next save", async () => {
    const directory = await temporaryDirectory();
    const store = directoryCheckpoints(directory);
    await store.save(checkpoint(1));
    await mkdir(join(directory, "step-00000002.partial"));
    await writeFile(join(directory, "step-00000002.partial", "parameters.safetensors"), "cut sho");
    expect(await store.latest()).toEqual(checkpoint(1));
    await store.save(checkpoint(3));
    expect(await readdir(directory)).toEqual(["step-00000001", "step-00000003"]);
  });

  it("counts as the checkpoint it was when the crash came before its replacement had its name", async () => {
    const directory = await temporaryDirectory();
    const store = directoryCheckpoints(directory);
    const folder = await store.save(checkpoint(4));
    await rename(folder, `${folder}.replaced`);
    expect(await store.latest()).toEqual(checkpoint(4));
    await store.save(checkpoint(5));
    expect(await readdir(directory)).toEqual(["step-00000004", "step-00000005"]);
    expect(await store.load(folder)).toEqual(checkpoint(4));
  });

  it("is dropped when the crash came after", async () => {
    const directory = await temporaryDirectory();
    const store = directoryCheckpoints(directory);
    await mkdir(join(directory, "step-00000004.replaced"));
    await store.save(checkpoint(4));
    expect(await readdir(directory)).toEqual(["step-00000004"]);
    await mkdir(join(directory, "step-00000004.replaced"));
    expect(await store.latest()).toEqual(checkpoint(4));
    await store.save(checkpoint(5));
    expect(await readdir(directory)).toEqual(["step-00000004", "step-00000005"]);
  });
});

const absurd = new Uint8Array(64).fill(0xff);

async function truncate(path: string): Promise<void> {
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(0, bytes.byteLength - 4));
}

function writeTensors(folder: string, value: number): Promise<void> {
  return writeFile(
    join(folder, "parameters.safetensors"),
    Buffer.concat(encodeSafetensors({ "fc.bias": tensor([2], [value, 0]) })),
  );
}

/** A state by the names of its file. */
function written(step: number): object {
  const { identity, ...others } = state(step);
  return { ...others, recipe: identity };
}

function writeState(folder: string, fields: object): Promise<void> {
  return writeFile(join(folder, "state.json"), JSON.stringify({ formatVersion: 1, state: written(2), ...fields }));
}
