import { referenceBackend } from "@alexnet/backend-reference";
import {
  type Checkpoint,
  type Dataset,
  type FitOptions,
  fit,
  InvalidArgumentError,
  paperSgd,
  type TensorMap,
  type TrainingEvent,
} from "@alexnet/core";
import { type Division, inProcessCommunicators } from "@alexnet/core/distributed";
import { describe, expect, it } from "vitest";
import { memoryStore } from "./memory-store.js";
import { smallDataset } from "./small-dataset.js";
import { towers } from "./towers.js";

/** A dataset some of whose pictures cannot be read. */
function withGaps(dataset: Dataset): Dataset {
  return {
    ...dataset,
    async batch(indices, epoch) {
      const list = Array.from(indices);
      const skipped = list.flatMap((index, position) => (index % 7 === 3 ? [position] : []));
      const batch = await dataset.batch(
        list.filter((index) => index % 7 !== 3),
        epoch,
      );
      return { ...batch, skipped };
    },
  };
}

const training: Omit<FitOptions, "backend"> = {
  model: towers([1, 28, 28]),
  training: withGaps(smallDataset(70)),
  validation: smallDataset(31, 2),
  epochs: 2,
  // Neither of them is a multiple of 4.
  batchSize: 18,
  seed: 4,
  optimizer: paperSgd,
  schedule: { kind: "plateau", learningRate: 0.02, factor: 0.1, patience: 0 },
};

/** The events on each rank. */
async function trained(
  ranks: number,
  options: Partial<FitOptions> = {},
  ofRank: (rank: number) => Partial<FitOptions> = () => ({}),
): Promise<readonly (readonly TrainingEvent[])[]> {
  return Promise.all(
    inProcessCommunicators(ranks).map(async (communicator, rank) => {
      const backend = await referenceBackend();
      const events: TrainingEvent[] = [];
      const all = { ...training, ...options, ...ofRank(rank), backend, communicator };
      for await (const event of fit(all)) events.push(event);
      await backend.dispose();
      return events;
    }),
  );
}

/** What a training told, without its times. */
function figures(events: readonly TrainingEvent[]): readonly (readonly number[])[] {
  return events.flatMap((event) => {
    switch (event.type) {
      case "step":
        return [[event.step, event.loss, event.accuracy, event.examples, event.learningRate]];
      case "epoch":
        return [[event.epoch, event.loss, event.accuracy, event.examples]];
      case "evaluation": {
        const { loss, top1, top5, examples, confusion } = event.evaluation;
        return [[loss, top1, top5, examples, ...confusion.flat()]];
      }
      default:
        return [];
    }
  });
}

const endOf = (events: readonly TrainingEvent[]): Checkpoint => {
  const last = events.at(-1);
  if (last?.type !== "end") throw new Error("The training has no end.");
  return last.checkpoint;
};

/** The reference computes in float64; labels, which weigh the examples of batches that are filled up, are fed in float32. */
const MOST_APART = 2 ** -20;

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  const apart = expected.reduce((most, value, index) => Math.max(most, Math.abs(found[index]! - value)), 0);
  expect(apart).toBeLessThan(MOST_APART);
}

function expectSame(found: readonly TrainingEvent[], expected: readonly TrainingEvent[]): void {
  const [ours, theirs] = [figures(found), figures(expected)];
  expect(ours).toHaveLength(theirs.length);
  for (const [index, line] of theirs.entries()) expectClose(ours[index]!, line);
  expectSameTensors(endOf(found), endOf(expected));
}

function expectSameTensors(found: Checkpoint, expected: Checkpoint): void {
  const tensors = ({ parameters, optimizerState }: Checkpoint): readonly TensorMap[] => [
    parameters,
    ...Object.values(optimizerState),
  ];
  for (const [index, map] of tensors(expected).entries()) {
    for (const [name, { shape, data }] of Object.entries(map)) {
      const ours = tensors(found)[index]![name]!;
      expect(ours.shape).toEqual(shape);
      expectClose(Array.from(ours.data), Array.from(data));
    }
  }
}

const divided: readonly (readonly [Division, number])[] = [
  ["data", 2],
  ["data", 4],
  ["model", 2],
  ["hybrid", 2],
  ["hybrid", 4],
];

describe("fit on several ranks", () => {
  it.each(divided)("divided by %s among %i tells and comes to what one does, on each", async (division, ranks) => {
    const [alone] = await trained(1);
    expect(figures(alone!)).toHaveLength(12);
    for (const events of await trained(ranks, { division })) expectSame(events, alone!);
  });

  it.each(divided)(
    "divided by %s among %i goes on from what one came to, and one from that",
    async (division, ranks) => {
      const [whole] = await trained(1);
      for (const [first, second] of [
        [1, ranks],
        [ranks, 1],
      ] as const) {
        const stores = Array.from({ length: first }, memoryStore);
        const begun = await trained(first, { division, maxSteps: 3 }, (rank) =>
          rank === 0 ? { checkpoints: stores[0]! } : {},
        );
        // One of them writes.
        expect(stores.map(({ saved }) => saved.length)).toEqual([1, ...stores.slice(1).map(() => 0)]);
        expect(begun.map((events) => events.filter(({ type }) => type === "checkpoint").length)).toEqual(
          stores.map(({ saved }) => saved.length),
        );
        const resume = stores[0]!.saved[0]!;
        const ends = await trained(second, { division, resume });
        for (const events of ends) expectSameTensors(endOf(events), endOf(whole!));
      }
    },
  );

  it("stops at one step on all when it is aborted on one", async () => {
    const stopping = new AbortController();
    const training = withGaps(smallDataset(70));
    let batches = 0;
    const events = await trained(2, {}, (rank) => ({
      ...(rank === 1 && {
        signal: stopping.signal,
        training: {
          ...training,
          batch(indices, epoch) {
            if (++batches === 4) stopping.abort();
            return training.batch(indices, epoch);
          },
        },
      }),
    }));
    const ends = events.map((all) => all.at(-1));
    expect(ends[0]).toMatchObject({ type: "end", reason: "aborted" });
    expect(ends[1]).toMatchObject({ reason: "aborted", step: (ends[0] as { step: number }).step });
    expectSameTensors(endOf(events[0]!), endOf(events[1]!));
  });

  it("divides towers among as many ranks as there are", async () => {
    await expect(trained(4, { division: "model" })).rejects.toThrow(InvalidArgumentError);
    await expect(trained(4, { division: "model" })).rejects.toThrow(/4 ranks cannot share the 2 groups of "conv2"/);
  });

  it("fails on all when a rank leaves", async () => {
    const [first, second] = inProcessCommunicators(2);
    const waiting = first!.barrier();
    second!.abort(1);
    await expect(waiting).rejects.toThrow("Rank 1 has aborted the job.");
  });
});
