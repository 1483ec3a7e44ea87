import {
  type Backend,
  type Checkpoint,
  type Dataset,
  defineModel,
  type EndEvent,
  type FitOptions,
  fit,
  layers,
  lenet5,
  NonFiniteLossError,
  paperSgd,
  type TrainingEvent,
} from "@alexnet/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backends } from "./backends.js";
import { memoryStore } from "./memory-store.js";
import { smallDataset } from "./small-dataset.js";

/** LeNet with dropout, so that masks are part of what must be repeated. */
const { conv2d, relu, maxPool, flatten, dropout, dense } = layers;
const withDropout = defineModel({
  name: "small",
  inputShape: [1, 28, 28],
  layers: [
    conv2d("conv1", { filters: 4, kernel: 5, stride: 2 }),
    relu("relu1"),
    maxPool("pool1", { window: 3, stride: 2 }),
    flatten("flatten"),
    dense("fc2", { units: 20 }),
    relu("relu2"),
    dropout("drop2"),
    dense("fc3", { units: 10 }),
  ],
});

async function eventsOf(options: FitOptions): Promise<readonly TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of fit(options)) events.push(event);
  return events;
}

function ofType<Type extends TrainingEvent["type"]>(events: readonly TrainingEvent[], type: Type) {
  return events.filter((event): event is Extract<TrainingEvent, { type: Type }> => event.type === type);
}

const end = (events: readonly TrainingEvent[]): EndEvent => ofType(events, "end")[0] as EndEvent;

describe.each(backends)("fit on $name", ({ create }) => {
  let backend: Backend;
  let options: FitOptions;
  beforeAll(async () => {
    backend = await create();
    options = {
      model: withDropout,
      backend,
      training: smallDataset(70),
      validation: smallDataset(30, 2),
      epochs: 5,
      batchSize: 16,
      seed: 3,
      optimizer: paperSgd,
      schedule: { kind: "step", learningRate: 0.05, factor: 0.5, every: 2 },
    };
  });
  afterAll(() => backend.dispose());

  it("asks for the next epoch's first batch before this one's evaluation", async () => {
    const asked: string[] = [];
    const told = (dataset: Dataset): Dataset => ({
      ...dataset,
      batch: (indices, epoch) => {
        asked.push(epoch === undefined ? "evaluation" : `epoch ${epoch}`);
        return dataset.batch(indices, epoch);
      },
    });
    await eventsOf({
      ...options,
      training: told(options.training),
      validation: told(smallDataset(10, 2)),
      epochs: 2,
      batchSize: 70,
    });
    expect(asked).toEqual(["epoch 0", "epoch 1", "evaluation", "evaluation"]);
  });

  it("tells the training set the epoch, from 0 on, and the validation set none", async () => {
    const asked: (readonly [string, number | undefined])[] = [];
    const listening = (name: string, dataset: Dataset): Dataset => ({
      ...dataset,
      async batch(indices, epoch) {
        asked.push([name, epoch]);
        return dataset.batch(indices);
      },
    });
    await eventsOf({
      ...options,
      training: listening("training", options.training),
      validation: listening("validation", smallDataset(8)),
      epochs: 2,
    });
    expect(new Set(asked.filter(([name]) => name === "training").map(([, epoch]) => epoch))).toEqual(new Set([0, 1]));
    expect(new Set(asked.filter(([name]) => name === "validation").map(([, epoch]) => epoch))).toEqual(
      new Set([undefined]),
    );
  });

  it("tells start, every step, epochs, evaluations, learning rates and the end, in order", async () => {
    const store = memoryStore();
    const events = await eventsOf({ ...options, checkpoints: store, checkpointEvery: 2 });
    expect(events[0]).toMatchObject({ type: "start", steps: 25, stepsPerEpoch: 5, epochs: 5, step: 0, batchSize: 16 });
    expect(ofType(events, "step").map(({ step }) => step)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    expect(
      ofType(events, "step")
        .map(({ examples }) => examples)
        .slice(0, 5),
    ).toEqual([16, 16, 16, 16, 6]);
    expect(ofType(events, "epoch").map(({ epoch, examples }) => [epoch, examples])).toEqual(
      [1, 2, 3, 4, 5].map((n) => [n, 70]),
    );
    expect(ofType(events, "evaluation")).toHaveLength(5);
    expect(ofType(events, "learningRate").map(({ epoch, learningRate }) => [epoch, learningRate])).toEqual([
      [3, 0.025],
      [5, 0.0125],
    ]);
    const saved = ofType(events, "checkpoint").map(({ step }) => step);
    // Beside these what was better than all before.
    expect(saved).toEqual(expect.arrayContaining([10, 20, 25]));
    expect(events.at(-1)).toMatchObject({ type: "end", reason: "completed", step: 25, epoch: 5 });
  });

  it("learns", async () => {
    const events = await eventsOf({ ...options, epochs: 20, schedule: { kind: "constant", learningRate: 0.05 } });
    expect(ofType(events, "evaluation").at(-1)?.evaluation.top1).toBeGreaterThan(0.8);
  });

  it("gives the same bits twice, however steps are grouped", async () => {
    const [one, two] = [await eventsOf({ ...options, stepsPerRun: 1 }), await eventsOf({ ...options, stepsPerRun: 3 })];
    expect(end(one).checkpoint.parameters).toEqual(end(two).checkpoint.parameters);
    expect(end(one).checkpoint.optimizerState).toEqual(end(two).checkpoint.optimizerState);
    expect(ofType(one, "step").map(({ loss }) => loss)).toEqual(ofType(two, "step").map(({ loss }) => loss));
  });

  it("goes on from a checkpoint in the middle of an epoch bit for bit as if never interrupted", async () => {
    const whole = await eventsOf({ ...options, maxSteps: 10 });
    const first = await eventsOf({ ...options, maxSteps: 7 });
    const resume = structuredClone(end(first).checkpoint);
    expect(resume.state).toMatchObject({ step: 7, epoch: 1 });
    const second = await eventsOf({ ...options, maxSteps: 10, resume });
    expect(end(second).checkpoint.parameters).toEqual(end(whole).checkpoint.parameters);
    expect(end(second).checkpoint.optimizerState).toEqual(end(whole).checkpoint.optimizerState);
    expect(ofType(second, "step").map(({ loss }) => loss)).toEqual(
      ofType(whole, "step")
        .map(({ loss }) => loss)
        .slice(7),
    );
    const average = ({ loss, accuracy }: { loss: number; accuracy: number }) => ({ loss, accuracy });
    expect(ofType(second, "epoch").map(average)).toEqual(ofType(whole, "epoch").map(average).slice(1));
  });

  it("ends cleanly when aborted, with a checkpoint to go on from", async () => {
    const store = memoryStore();
    const controller = new AbortController();
    const events: TrainingEvent[] = [];
    for await (const event of fit({ ...options, checkpoints: store, signal: controller.signal, stepsPerRun: 1 })) {
      events.push(event);
      if (event.type === "step" && event.step === 3) controller.abort();
    }
    expect(events.at(-1)).toMatchObject({ type: "end", reason: "aborted" });
    expect(store.saved.at(-1)?.state.step).toBe((events.at(-1) as EndEvent).step);
    const rest = await eventsOf({ ...options, resume: store.saved.at(-1) as Checkpoint });
    expect(end(rest).checkpoint.parameters).toEqual(end(await eventsOf(options)).checkpoint.parameters);
  });

  it("stops in the middle of an evaluation when aborted, and makes up for it", async () => {
    const store = memoryStore();
    const controller = new AbortController();
    let asked = 0;
    const validation: Dataset = {
      ...smallDataset(30, 2),
      batch(indices) {
        // Of two batches an evaluation.
        if (++asked === 4) controller.abort();
        return smallDataset(30, 2).batch(indices);
      },
    };
    const schedule = { kind: "plateau", learningRate: 0.05, factor: 0.1, patience: 0 } as const;
    const first = await eventsOf({ ...options, schedule, validation, checkpoints: store, signal: controller.signal });
    expect(first.slice(-3)).toMatchObject([
      { type: "epoch", epoch: 2 },
      { type: "checkpoint", step: 10, atEnd: true },
      { type: "end", reason: "aborted", step: 10 },
    ]);
    const rest = await eventsOf({ ...options, schedule, resume: store.saved.at(-1) as Checkpoint });
    const whole = await eventsOf({ ...options, schedule });
    const figures = (events: readonly TrainingEvent[]) =>
      ofType(events, "evaluation").map(({ epoch, evaluation: { loss, top1 } }) => [epoch, loss, top1]);
    expect([...figures(first), ...figures(rest)]).toEqual(figures(whole));
    expect(end(rest).checkpoint.parameters).toEqual(end(whole).checkpoint.parameters);
  });

  it("stops at a loss that is not finite, says at which step, and writes no bad checkpoint", async () => {
    const store = memoryStore();
    const diverging = eventsOf({ ...options, checkpoints: store, schedule: { kind: "constant", learningRate: 1e30 } });
    const error = await diverging.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(NonFiniteLossError);
    expect((error as NonFiniteLossError).message).toMatch(/step \d+/);
    expect(store.saved).toEqual([]);
  });

  it("ends when an evaluation is not finite, before anything takes it for the best ever", async () => {
    const store = memoryStore();
    const validation: Dataset = {
      ...smallDataset(30, 2),
      name: "infinite",
      async batch(indices) {
        const batch = await smallDataset(30, 2).batch(indices);
        batch.images.data.fill(Number.POSITIVE_INFINITY, 0, 784);
        return batch;
      },
    };
    const schedule = { kind: "plateau", learningRate: 0.01, factor: 0.1, patience: 0 } as const;
    const events: TrainingEvent[] = [];
    const training = (async () => {
      for await (const event of fit({ ...options, validation, schedule, checkpoints: store })) events.push(event);
    })();
    await expect(training).rejects.toMatchObject({
      code: "NON_FINITE_LOSS",
      step: 5,
      message: expect.stringMatching(/evaluation after step 5 is not finite.*image 0/),
    });
    expect(ofType(events, "evaluation")).toEqual([]);
    expect(store.saved).toEqual([]);
  });

  it("stops early when the validation error no longer falls", async () => {
    const events = await eventsOf({
      ...options,
      schedule: { kind: "constant", learningRate: 1e-12 },
      earlyStop: { patience: 1, monitor: "error" },
    });
    expect(end(events)).toMatchObject({ reason: "earlyStop", epoch: 3 });
    // And does not begin another epoch when it is asked to go on.
    const again = await eventsOf({
      ...options,
      schedule: { kind: "constant", learningRate: 1e-12 },
      earlyStop: { patience: 1, monitor: "error" },
      resume: end(events).checkpoint,
    });
    expect(again.map(({ type }) => type)).toEqual(["start", "end"]);
    expect(end(again)).toMatchObject({ reason: "earlyStop", epoch: 3 });
  });

  it("reduces the learning rate on a plateau, and remembers it over a resume", async () => {
    const schedule = { kind: "plateau", learningRate: 1e-12, factor: 0.1, patience: 0, reductions: 2 } as const;
    const events = await eventsOf({ ...options, schedule });
    expect(ofType(events, "learningRate").map(({ epoch }) => epoch)).toEqual([3, 4]);
    const half = end(await eventsOf({ ...options, schedule, epochs: 2 })).checkpoint;
    const rest = await eventsOf({ ...options, schedule, resume: half });
    expect(ofType(rest, "step").map(({ learningRate }) => learningRate)).toEqual(
      ofType(events, "step")
        .map(({ learningRate }) => learningRate)
        .slice(10),
    );
  });

  it("ends when its time is over, with a checkpoint to go on from, bit for bit", async () => {
    const store = memoryStore();
    const events: TrainingEvent[] = [];
    const training: Dataset = {
      ...options.training,
      async batch(indices, epoch) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return options.training.batch(indices, epoch);
      },
    };
    for await (const event of fit({ ...options, training, checkpoints: store, maxSeconds: 0.2, stepsPerRun: 1 }))
      events.push(event);
    const { reason, step, checkpoint } = end(events);
    expect(reason).toBe("limit");
    expect(step).toBeGreaterThan(0);
    expect(step).toBeLessThan(25);
    expect(store.saved.at(-1)?.state.step).toBe(step);
    const resumed = end(await eventsOf({ ...options, resume: checkpoint }));
    expect(resumed.reason).toBe("completed");
    expect(resumed.checkpoint.parameters).toEqual(end(await eventsOf(options)).checkpoint.parameters);
    await expect(eventsOf({ ...options, maxSeconds: 0 })).rejects.toThrow(/maxSeconds must be above 0; got 0/);
  });

  it("writes a checkpoint of every evaluation that is better than all before, however rarely others are written", async () => {
    const store = memoryStore();
    const events = await eventsOf({ ...options, checkpoints: store, checkpointEvery: 100 });
    let best = -1;
    const better = ofType(events, "evaluation").flatMap(({ step, evaluation: { top1 } }) => {
      const isBetter = top1 > best;
      best = Math.max(best, top1);
      return isBetter ? [step] : [];
    });
    expect(store.saved.map(({ state }) => state.step)).toEqual(expect.arrayContaining(better));
    expect(end(events).checkpoint.state.best?.top1).toBe(best);
  });

  it("goes on over images that the dataset skips as if they were not there", async () => {
    const training = options.training;
    // The three that a batch of 16 lacks: as much as a batch of 13 is.
    const skipping: Dataset = {
      ...training,
      async batch(indices, epoch) {
        const asked = Array.from(indices);
        const kept = asked.filter((index) => index >= 3);
        const skipped = asked.flatMap((index, position) => (index >= 3 ? [] : [position]));
        return { ...(await training.batch(kept, epoch)), ...(skipped.length > 0 && { skipped }) };
      },
    };
    const events = await eventsOf({ ...options, training: skipping, epochs: 1 });
    const steps = ofType(events, "step");
    expect(steps.reduce((sum, { examples }) => sum + examples, 0)).toBe(67);
    expect(ofType(events, "epoch")[0]?.examples).toBe(67);
    const validation: Dataset = { ...skipping, length: 16 };
    const { evaluation } = ofType(await eventsOf({ ...options, validation, epochs: 1 }), "evaluation")[0]!;
    expect(evaluation.examples).toBe(13);
    expect(Number.isFinite(evaluation.loss)).toBe(true);
  });

  it.each([[[1, 1]], [[2, 1]], [[16]], [[-1]], [3], ["1"]])(
    "refuses to be told that %j are skipped",
    async (skipped) => {
      const training: Dataset = {
        ...options.training,
        batch: async (indices, epoch) => ({
          ...(await options.training.batch(indices, epoch)),
          skipped: skipped as never,
        }),
      };
      await expect(eventsOf({ ...options, training })).rejects.toThrow(/these are no positions of some/);
    },
  );

  it("tells how large weights are and how much a step changed them, which changes nothing else", async () => {
    const store = memoryStore();
    const events = await eventsOf({
      ...options,
      epochs: 2,
      weightsEvery: { epochs: 1, steps: 3 },
      checkpointEvery: { steps: 1 },
      checkpoints: store,
    });
    const told = ofType(events, "weights");
    expect(told.map(({ step, epoch }) => [step, epoch])).toEqual([
      [3, 1],
      [5, 1],
      [6, 2],
      [9, 2],
      [10, 2],
    ]);
    const at = (step: number) => store.saved.find(({ state }) => state.step === step)!.parameters["fc2.weight"]!.data;
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
    const [before, after] = [Array.from(at(5)), Array.from(at(6))];
    const { magnitude, change } = told[2]!.parameters["fc2.weight"]!;
    expect(magnitude).toBeCloseTo(mean(after), 10);
    expect(change).toBeCloseTo(mean(after.map((value, index) => value - before[index]!)), 10);
    expect(change).toBeGreaterThan(0);
    expect(end(events).checkpoint.parameters).toEqual(
      end(await eventsOf({ ...options, epochs: 2 })).checkpoint.parameters,
    );
    await expect(eventsOf({ ...options, weightsEvery: { epochs: 0 } })).rejects.toThrow(
      /weightsEvery: epochs must be a whole/,
    );
    await expect(eventsOf({ ...options, weightsEvery: { seconds: 1 } as never })).rejects.toThrow(
      /weightsEvery has no option "seconds"/,
    );
  });

  it("takes a step of nothing where a whole batch is skipped, and none where everything is", async () => {
    const nothing: Dataset = {
      ...options.training,
      batch: async (indices) => ({
        images: { shape: [0, 1, 28, 28], data: new Float32Array(0) },
        labels: new Int32Array(0),
        skipped: Array.from(indices, (_, position) => position),
      }),
    };
    await expect(eventsOf({ ...options, training: nothing, epochs: 1 })).rejects.toThrow(
      /None of the pictures of the training set/,
    );
    await expect(eventsOf({ ...options, validation: nothing, epochs: 1 })).rejects.toThrow(
      /None of the pictures of "bands"/,
    );
    const [first] = ofType(await eventsOf({ ...options, training: nothing, epochs: 1, maxSteps: 1 }), "step");
    expect(first).toMatchObject({ loss: 0, accuracy: 0, examples: 0 });
  });

  it("visits the examples in the dataset's own order where it has one", async () => {
    const seen: number[][] = [];
    const training: Dataset = {
      ...options.training,
      order: ({ seed, epoch }) => Uint32Array.from({ length: 70 }, (_, index) => (index + seed + epoch) % 70),
      async batch(indices, epoch) {
        seen.push(Array.from(indices));
        return options.training.batch(indices, epoch);
      },
    };
    await eventsOf({ ...options, training, epochs: 2 });
    expect(seen.flat()).toEqual(Array.from({ length: 140 }, (_, at) => ((at % 70) + 3 + Math.floor(at / 70)) % 70));
    const wrong = { ...training, order: () => new Uint32Array(70) };
    await expect(eventsOf({ ...options, training: wrong })).rejects.toThrow(
      /does not visit each of its 70 examples once/,
    );
  });

  it("refuses to resume with other settings of the training set, and says which", async () => {
    const store = memoryStore();
    const training: Dataset = { ...options.training, settings: { size: [28, 28], mirror: true } };
    const short = { ...options, training, epochs: 1 };
    await eventsOf({ ...short, checkpoints: store });
    const resume = store.saved.at(-1)!;
    const other: Dataset = { ...training, settings: { size: [28, 28], mirror: false } };
    await expect(() => fit({ ...short, epochs: 2, training: other, resume }).next()).rejects.toThrow(
      /with the training set's mirror true, not false/,
    );
    await eventsOf({ ...short, epochs: 2, resume });
    // As checkpoints were before datasets had settings.
    const { settings: _, ...identity } = resume.state.identity;
    await eventsOf({ ...short, epochs: 2, resume: { ...resume, state: { ...resume.state, identity } } });
  });

  it("refuses to resume another training", async () => {
    const resume = end(await eventsOf({ ...options, maxSteps: 2 })).checkpoint;
    await expect(eventsOf({ ...options, resume, seed: 4 })).rejects.toThrow(/seed 3, not 4/);
    await expect(eventsOf({ ...options, resume, batchSize: 8 })).rejects.toThrow(/batchSize 16, not 8/);
    await expect(eventsOf({ ...options, resume, model: lenet5() })).rejects.toThrow(/"small", not of "lenet5"/);
    const damaged = structuredClone(resume);
    (damaged.parameters["fc2.bias"]?.data as Float32Array)[3] = Number.NaN;
    await expect(eventsOf({ ...options, resume: damaged })).rejects.toThrow(/"fc2.bias" holds NaN at position 3/);
  });

  it.each([
    [{ batchSize: 0 }, /batchSize must be a whole number of at least 1; got 0/],
    [{ batchSize: -3 }, /batchSize/],
    [{ batchSize: 71 }, /batch size is 71, but "bands" holds only 70/],
    [{ epochs: 1.5 }, /epochs/],
    [{ schedule: { kind: "constant", learningRate: Number.NaN } }, /learning rate must be a positive number/],
    [{ model: lenet5({ classes: 7 }) }, /7 classes apart, but the dataset "bands" has 10/],
    [{ model: lenet5({ inputSize: 32 }) }, /\[1, 32, 32\].*\[1, 28, 28\]/],
  ] as const)("refuses %o before any work", async (wrong, message) => {
    await expect(eventsOf({ ...options, ...(wrong as Partial<FitOptions>) })).rejects.toThrow(message);
  });
});
