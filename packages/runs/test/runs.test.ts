import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CheckpointError, freeze, initialParameters, predict, type TrainingEvent, WeightsError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import {
  backendDifferences,
  historyOf,
  loadWeights,
  modelOfWeights,
  newestRun,
  openRun,
  RunFolderError,
  readConfig,
  readMetrics,
  resumeRun,
  runPaths,
  takeRunFolder,
  trainRun,
} from "../src/index.js";
import { eventsOf, lenetTraining, newFolder, noise, reference, small, smallTraining, tensorsIn } from "./helpers.js";

/** What happened, without how long it took and where it was. */
async function happened(directory: string): Promise<unknown> {
  const records = await readMetrics(runPaths(directory).metrics);
  return JSON.parse(
    JSON.stringify(records, (key, value) => (key === "seconds" || key === "location" ? undefined : value)),
  );
}

describe("trainRun", () => {
  it("fills a folder, and tells what it has written down", async () => {
    const directory = await newFolder();
    const events: TrainingEvent[] = [];
    const paths = runPaths(directory);
    for await (const event of trainRun(directory, await smallTraining())) {
      events.push(event);
      expect((await readMetrics(paths.metrics)).length).toBe(events.length);
      expect(existsSync(paths.lock)).toBe(true);
      expect(existsSync(paths.weights)).toBe(event.type === "end");
    }
    expect((await readdir(directory)).sort()).toEqual([
      "checkpoints",
      "config.json",
      "metrics.jsonl",
      "model.safetensors",
    ]);
    const epoch = ["step", "step", "step", "step", "epoch", "evaluation", "checkpoint"];
    const types = events.map(({ type }) => type).filter((type) => type !== "learningRate");
    expect(types).toEqual(["start", ...epoch, ...epoch, ...epoch, "end"]);
    expect(await readConfig(paths.config)).toMatchObject({
      versions: { node: process.version },
      model: { name: "small", options: { classes: 3, channels: 1, inputSize: 8 } },
      dataset: { name: "noise", training: 8, test: 3, classNames: ["cat", "dog", "eel"] },
      training: { epochs: 3, batchSize: 2, seed: 5, optimizer: { momentum: 0.9 }, schedule: { kind: "plateau" } },
      backend: { asked: "reference", info: { name: "reference", precision: "float64" } },
    });
    const { steps, epochs, test } = historyOf(await readMetrics(paths.metrics));
    expect([steps, epochs, test].map(({ loss }) => loss.length)).toEqual([12, 3, 3]);
    expect(steps.loss.map(([x]) => x)).toEqual(Array.from({ length: 12 }, (_, index) => (index + 1) / 4));
  });

  it("notes the defaults it trains with, and keeps as many checkpoints as asked", async () => {
    const directory = await newFolder();
    const { seed: _, optimizer: __, schedule: ___, ...rest } = await smallTraining();
    await eventsOf(
      trainRun(directory, { ...rest, keepCheckpoints: 1, evaluateEvery: 2, notes: { arguments: ["train"] } }),
    );
    expect(await readConfig(runPaths(directory).config)).toMatchObject({
      arguments: ["train"],
      training: {
        seed: 0,
        optimizer: { momentum: 0 },
        schedule: { kind: "constant", learningRate: 0.01 },
        evaluateEvery: 2,
      },
    });
    expect(await readdir(runPaths(directory).checkpoints)).toEqual(["step-00000012"]);
  });

  it("takes no checkpoints of others", async () => {
    const options = { ...(await smallTraining()), resume: undefined } as never;
    await expect(eventsOf(trainRun(await newFolder(), options))).rejects.toThrow('trainRun has no option "resume"');
  });

  it("touches no folder with something in it, and leaves none behind for options that do not fit", async () => {
    const directory = await newFolder();
    const options = await smallTraining();
    await expect(eventsOf(trainRun(directory, { ...options, batchSize: 0 }))).rejects.toThrow("batchSize");
    expect(existsSync(directory)).toBe(false);
    await mkdir(directory);
    await writeFile(join(directory, "thesis.txt"), "years of work");
    await expect(eventsOf(trainRun(directory, options))).rejects.toThrow(
      new RunFolderError(`The run folder ${directory} is not empty. Choose another.`),
    );
    expect(await readdir(directory)).toEqual(["thesis.txt"]);
  });

  it("lets nobody else train in its folder meanwhile", async () => {
    const directory = await newFolder();
    const options = await smallTraining();
    for await (const event of trainRun(directory, options)) {
      if (event.type !== "checkpoint") continue;
      const run = await openRun(directory);
      const { model, backend, training, validation } = options;
      const second = resumeRun(run, { model, backend, training, ...(validation && { validation }) });
      await expect(eventsOf(second)).rejects.toThrow(`process ${process.pid} on `);
      break;
    }
    expect(existsSync(runPaths(directory).lock)).toBe(false);
  });
});

describe("a training whose folder is taken from it", () => {
  it.each([
    ["deleted", (directory: string) => rm(directory, { recursive: true })],
    ["moved", (directory: string) => rename(directory, `${directory}-elsewhere`)],
    ["another's", (directory: string) => writeFile(runPaths(directory).lock, '{"process":1,"host":"elsewhere"}')],
  ])("stops when that is %s, and leaves it alone", async (_, take) => {
    const directory = await newFolder();
    let before: readonly string[] | undefined;
    const training = async (): Promise<void> => {
      for await (const { type } of trainRun(directory, {
        ...(await smallTraining()),
        checkpointEvery: { epochs: 3 },
      })) {
        if (type !== "step" || before) continue;
        await take(directory);
        before = await readdir(dirname(directory), { recursive: true });
      }
    };
    await expect(training()).rejects.toThrow(/was deleted, moved or taken by another training while this one went on/);
    expect(await readdir(dirname(directory), { recursive: true })).toEqual(before);
  });
});

describe("resumeRun", () => {
  it.each([
    ["in the middle of an epoch", "abort", 6],
    ["by a crash between checkpoints", "crash", 7],
    ["after its end, for more epochs", "end", 8],
  ])("goes on bit for bit when it was stopped %s", async (_, how, steps) => {
    const [whole, stopped] = [await newFolder(), await newFolder()];
    const options = await smallTraining();
    await eventsOf(trainRun(whole, options));
    const stopping = new AbortController();
    const first = { ...options, signal: stopping.signal, ...(how === "end" && { epochs: 2 }) };
    for await (const event of trainRun(stopped, first)) {
      if (event.type !== "step" || event.step !== steps) continue;
      if (how === "abort") stopping.abort();
      if (how === "crash") break;
    }
    const run = await openRun(stopped);
    expect(run.checkpoint?.state.step).toBe(how === "abort" ? 6 : how === "crash" ? 4 : 8);
    const { model, backend, training } = options;
    const validation = noise("test", 3);
    expect(backendDifferences(run.config, backend.info)).toEqual([]);
    await eventsOf(resumeRun(run, { model, backend, training, validation, epochs: 3 }));
    expect(await tensorsIn(stopped)).toEqual(await tensorsIn(whole));
    expect(await happened(stopped)).toEqual(await happened(whole));
    const { training: recipe, resumed } = await readConfig(runPaths(stopped).config);
    expect(recipe.epochs).toBe(3);
    expect(resumed).toMatchObject([{ step: run.checkpoint?.state.step, epochs: 3, backend: { asked: "reference" } }]);
  });

  it("begins anew when it was killed before its first checkpoint, and from the weights that it was given", async () => {
    const options = await smallTraining();
    const { model, backend, training } = options;
    const given = initialParameters(model, 99);
    for (const more of [{}, { parameters: given }]) {
      const [whole, killed] = [await newFolder(), await newFolder()];
      await eventsOf(trainRun(whole, { ...options, ...more }));
      for await (const event of trainRun(killed, { ...options, ...more })) if (event.type === "step") break;
      await writeFile(`${runPaths(killed).config}.${randomUUID()}.partial`, "{");
      const run = await openRun(killed);
      expect(run.checkpoint?.state.step).toBe("parameters" in more ? 0 : undefined);
      await eventsOf(resumeRun(run, { model, backend, training, validation: noise("test", 3) }));
      expect(await tensorsIn(killed)).toEqual(await tensorsIn(whole));
      expect(await happened(killed)).toEqual(await happened(whole));
      expect((await readdir(killed)).toSorted()).toEqual((await readdir(whole)).toSorted());
    }
  });

  it("takes a folder that somebody was killed in before there was anything", async () => {
    const directory = await newFolder();
    await mkdir(directory, { recursive: true });
    await writeFile(runPaths(directory).lock, '{"process":');
    await writeFile(`${runPaths(directory).config}.${randomUUID()}.partial`, "{");
    await eventsOf(trainRun(directory, { ...(await smallTraining()), epochs: 1 }));
    expect((await openRun(directory)).isFinished).toBe(true);
    expect((await readdir(directory)).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  it.each(["checkpoint", "evaluation"] as const)("finishes one that was killed after its last %s", async (last) => {
    const [whole, killed] = [await newFolder(), await newFolder()];
    const options = await smallTraining();
    await eventsOf(trainRun(whole, options));
    for await (const event of trainRun(killed, options)) if (event.type === last && event.step === 12) break;
    expect(existsSync(runPaths(killed).weights)).toBe(false);
    const run = await openRun(killed);
    expect(run.isFinished).toBe(false);
    const { model, backend, training } = options;
    await eventsOf(resumeRun(run, { model, backend, training, validation: noise("test", 3) }));
    expect(await tensorsIn(killed)).toEqual(await tensorsIn(whole));
    expect(await happened(killed)).toEqual(await happened(whole));
    expect((await openRun(killed)).isFinished).toBe(true);
  });

  it("refuses other data, a training that is done, and one that has gone on since it was opened", async () => {
    const directory = await newFolder();
    const options = await smallTraining();
    const { model, backend, training } = options;
    const validation = noise("test", 3);
    await eventsOf(trainRun(directory, { ...options, epochs: 1 }));
    const run = await openRun(directory);
    const resumed = { model, backend, training, validation };
    await expect(eventsOf(resumeRun(run, resumed))).rejects.toThrow("has done its 1 epochs");
    await expect(eventsOf(resumeRun(run, { ...resumed, training: noise("other", 8), epochs: 2 }))).rejects.toThrow(
      CheckpointError,
    );
    await expect(eventsOf(resumeRun(run, { ...resumed, batchSize: 4 } as never))).rejects.toThrow(
      'resumeRun has no option "batchSize"',
    );
    // The folder says what its model is, though the zoo does not have it.
    await eventsOf(resumeRun(run, { backend, training, validation, epochs: 2 }));
    await expect(eventsOf(resumeRun(run, { ...resumed, epochs: 3 }))).rejects.toThrow("has gone on to step 8");
  });
});

describe("openRun", () => {
  it("says what is not there, and what is damaged", async () => {
    const directory = await newFolder();
    await expect(openRun(directory)).rejects.toThrow("config.json is not there, so this is not the folder of a run.");
    await eventsOf(trainRun(directory, { ...(await smallTraining()), epochs: 1 }));
    const { config, checkpoints } = runPaths(directory);
    const text = await readFile(config, "utf8");
    for (const [damaged, said] of [
      ["{", "is damaged: it is not JSON"],
      [
        text.replace('"formatVersion": 1', '"formatVersion": 2'),
        "is of format version 2, and this release reads version 1",
      ],
      [
        text.replace('"momentum": 0.9', '"momentum": "much"'),
        'is damaged: "training.optimizer" makes no sense: The momentum must be at least 0 and below 1; got "much".',
      ],
      ["[]", "is of format version undefined"],
      [
        changed(text, ["dataset", "classNames"], ["a", null]),
        'is damaged: "dataset.classNames.1" should be string, and is null',
      ],
      [changed(text, ["model", "options"], null), 'is damaged: "model.options" should be Object, and is null'],
      [changed(text, ["resumed"], {}), 'is damaged: "resumed" should be'],
      [changed(text, ["backend", "info"], null), 'is damaged: "backend.info" should be Object, and is null'],
      [changed(text, ["training", "epochs"], -1), 'is damaged: "training.epochs" should be >=0, and is -1'],
      [changed(text, ["training", "earlyStop"], 7), 'is damaged: "training.earlyStop" should be'],
    ] as const) {
      await writeFile(config, damaged);
      await expect(openRun(directory), damaged).rejects.toThrow(said);
    }
    await writeFile(config, text);
    await rm(join(checkpoints, "step-00000004", "state.json"));
    await expect(openRun(directory)).rejects.toThrow(
      "To go on from an older checkpoint, remove the damaged one first.",
    );
    await rm(checkpoints, { recursive: true });
    expect((await openRun(directory)).checkpoint).toBe(undefined);
    await writeFile(config, changed(text, ["training", "given"], true));
    await expect(openRun(directory)).rejects.toThrow(
      "holds no checkpoint: the training was stopped before the weights",
    );
  });
});

it("a run whose metrics hold what is none goes on without it", async () => {
  const [whole, damaged] = [await newFolder(), await newFolder()];
  const options = await smallTraining();
  await eventsOf(trainRun(whole, options));
  await eventsOf(trainRun(damaged, { ...options, epochs: 2 }));
  const { metrics } = runPaths(damaged);
  const strange = [
    ...["null", "[]", "7", '"step"', "{}", '{"type":"evaluation","step":1}', '{"type":"nothing","step":1}'],
    ...[
      '{"type":"step","step":1,"epoch":0,"loss":1e400}',
      '{"type":"end"}',
      "\u0000".repeat(4096),
      '{"type":"__proto__"}',
    ],
  ];
  await writeFile(metrics, `${await readFile(metrics, "utf8")}${strange.join("\n")}\n`);
  const { model, backend, training } = options;
  await eventsOf(
    resumeRun(await openRun(damaged), { model, backend, training, validation: noise("test", 3), epochs: 3 }),
  );
  expect(await tensorsIn(damaged)).toEqual(await tensorsIn(whole));
  expect(await happened(damaged)).toEqual(await happened(whole));
});

/** JSON with another value at this place. */
function changed(text: string, [first, second]: readonly string[], value: unknown): string {
  const all = JSON.parse(text);
  if (second === undefined) all[first!] = value;
  else all[first!][second] = value;
  return JSON.stringify(all);
}

describe("weights", () => {
  it("of a run are those it ended with, those of its newest checkpoint when it was stopped, and say their model", async () => {
    const directory = await newFolder();
    const options = await lenetTraining();
    const images = (await options.training.batch([0, 1])).images;
    const answer = async () => {
      const weights = await loadWeights(directory);
      const model = modelOfWeights(weights);
      return {
        weights,
        ...(await predict({ model, backend: options.backend, parameters: weights.parameters, images })),
      };
    };
    for await (const event of trainRun(directory, options)) if (event.type === "step" && event.step === 6) break;
    const stopped = await answer();
    expect(stopped.weights.info).toMatchObject({ step: 4, epoch: 1, classNames: ["cat", "dog", "eel"] });
    const { backend, training } = options;
    await eventsOf(resumeRun(await openRun(directory), { backend, training, validation: noise("test", 3, 16) }));
    const ended = await answer();
    expect(ended.weights).toMatchObject({
      info: {
        model: { name: "lenet5", options: { classes: 3, channels: 1, inputSize: 16 } },
        step: 12,
        dataset: "noise",
      },
      location: runPaths(directory).weights,
    });
    expect(ended.probabilities.shape).toEqual([2, 3]);
    expect(ended.probabilities.data).not.toEqual(stopped.probabilities.data);
  });

  it("that do not say their model, or one that the zoo does not have, need its name", async () => {
    const directory = await newFolder();
    await eventsOf(trainRun(directory, { ...(await smallTraining()), epochs: 1 }));
    const weights = await loadWeights(directory);
    expect(modelOfWeights(weights)).toEqual(small);
    const foreign = { ...weights, info: { model: { name: "small", options: {} } } };
    expect(() => modelOfWeights(foreign)).toThrow('belong to the model "small", which is none of alexnet-2012,');
    const silent = { ...weights, info: {} };
    expect(() => modelOfWeights(silent)).toThrow(WeightsError);
    expect(modelOfWeights(silent, { model: "lenet5", classes: 7 })).toMatchObject({ name: "lenet5", classes: 7 });
    expect(() => modelOfWeights(silent, { model: "lenet7" })).toThrow('The model "lenet7" is none of the zoo\'s');
  });
});

describe("checkpoints in the middle of an epoch", () => {
  it("come after so many steps, and the training goes on from one bit for bit when it was killed", async () => {
    const [whole, killed] = [await newFolder(), await newFolder()];
    const options = await smallTraining();
    const { backend, training } = options;
    const validation = noise("test", 3);
    await eventsOf(trainRun(whole, options));
    const kept: string[] = [];
    // Of four steps an epoch, the process is gone after the third of the second, without a word.
    for await (const event of trainRun(killed, { ...options, checkpointEvery: { steps: 3 }, keepCheckpoints: 9 })) {
      if (event.type === "checkpoint") kept.push(`${event.step}`);
      if (event.type === "step" && event.step === 7) break;
    }
    // The epoch of four is better than none.
    expect(kept).toEqual(["3", "4", "6"]);
    const run = await openRun(killed);
    expect(run.checkpoint!.state).toMatchObject({ step: 6, epoch: 1 });
    expect(run.config.training.checkpointEvery).toEqual({ steps: 3 });
    await eventsOf(resumeRun(run, { backend, training, validation, checkpointEvery: { epochs: 1 } }));
    expect(await tensorsIn(killed)).toEqual(await tensorsIn(whole));
    const told = async (directory: string) =>
      ((await happened(directory)) as { type: string }[]).filter(({ type }) => type !== "checkpoint");
    expect(await told(killed)).toEqual(await told(whole));
  });
});

describe("a training of other weights", () => {
  it("keeps in its folder how their images are prepared, a mean image too", async () => {
    const directory = await newFolder();
    const meanImage = { shape: [1, 8, 8], data: Float32Array.from({ length: 64 }, (_, index) => index / 3) };
    const preprocessing = { resizeMode: "center-crop", range: 255, meanImage } as const;
    const notes = { dataset: { name: "folder", directory: "pictures", preprocessing } };
    await eventsOf(trainRun(directory, { ...(await smallTraining()), epochs: 1, notes }));
    expect((await openRun(directory)).config.dataset.preprocessing).toEqual(preprocessing);
    expect((await loadWeights(directory)).info.preprocessing).toEqual(preprocessing);
  });

  it("keeps in its folder which layers are frozen, and goes on with these", async () => {
    const directory = await newFolder();
    const options = await smallTraining();
    const model = freeze(options.model, "features");
    await eventsOf(trainRun(directory, { ...options, model, epochs: 1 }));
    const { config } = await openRun(directory);
    expect(config.model.definition?.name).toBe("small");
    const before = (await loadWeights(directory)).parameters["conv1.weight"]!.data;
    const { backend, training } = options;
    await eventsOf(resumeRun(await openRun(directory), { backend, training, validation: noise("test", 3), epochs: 2 }));
    const weights = await loadWeights(directory);
    expect(modelOfWeights(weights)).toEqual(model);
    expect(weights.parameters["conv1.weight"]!.data).toEqual(before);
  });
});

describe("folders", () => {
  it("are new for each that asks, and the newest run is found", async () => {
    const parent = await newFolder();
    const time = new Date(2026, 10, 23, 23, 1, 2);
    const taken = await Promise.all([1, 2, 3].map(() => takeRunFolder(parent, "lenet5-sample", time)));
    expect(taken.sort()).toEqual(["", "-2", "-3"].map((end) => join(parent, `lenet5-sample-20261123-230102${end}`)));
    expect(await newestRun(parent)).toBeUndefined();
    const backend = await reference();
    for (const directory of taken.slice(0, 2)) {
      await eventsOf(trainRun(directory, { ...(await smallTraining()), backend, epochs: 1 }));
    }
    expect(await newestRun(parent)).toBe(taken[1]);
  });
});
