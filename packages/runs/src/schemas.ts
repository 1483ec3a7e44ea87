import * as v from "valibot";

/*
 * What files of a run must hold for the rest of the program to rely on it: people edit JSON, disks lose some. What is not named here may be
 * there too, and stays.
 */

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());

const info = v.looseObject({
  ...{ name: v.string(), engine: v.string(), version: v.string(), device: v.string(), precision: v.string() },
  details: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
});

const backend = v.looseObject({ asked: v.string(), threads: v.optional(count), info });

const job = v.looseObject({ ranks: count, division: v.string() });

const interval = v.looseObject({ epochs: v.optional(finite), steps: v.optional(finite), seconds: v.optional(finite) });

/** `config.json`, but for its version. Optimizer, schedule and preparation are judged by those who know what they may be. */
export const configSchema = v.looseObject({
  model: v.looseObject({
    name: v.string(),
    options: v.record(v.string(), v.unknown()),
    definition: v.optional(v.looseObject({})),
  }),
  dataset: v.looseObject({
    name: v.string(),
    classNames: v.array(v.string()),
    directory: v.optional(v.string()),
    limitTrain: v.optional(count),
    limitTest: v.optional(count),
    mostBad: v.optional(count),
    mostPixels: v.optional(count),
    testPictures: v.optional(v.string()),
    division: v.optional(v.looseObject({ testShare: v.optional(finite), splitSeed: v.optional(count) })),
    augmentation: v.optional(v.looseObject({})),
    preprocessing: v.optional(v.looseObject({})),
  }),
  training: v.looseObject({
    ...{ epochs: count, batchSize: count, seed: count },
    optimizer: v.looseObject({}),
    schedule: v.looseObject({ kind: v.string() }),
    earlyStop: v.optional(v.looseObject({ patience: count })),
    checkpointEvery: v.optional(v.union([finite, interval])),
    weightsEvery: v.optional(interval),
    evaluateEvery: v.optional(count),
    given: v.optional(v.literal(true)),
  }),
  backend,
  job: v.optional(job),
  tensorboard: v.optional(v.boolean()),
  resumed: v.optional(
    v.array(v.looseObject({ at: v.string(), step: count, epochs: count, backend, job: v.optional(job) })),
  ),
});

const at = { step: count, epoch: count };
const means = { loss: finite, accuracy: finite, examples: count, seconds: finite };

/** A line of `metrics.jsonl`. */
export const recordSchema = v.variant("type", [
  v.looseObject({
    ...{ type: v.literal("start"), model: v.string(), step: count, steps: count, stepsPerEpoch: count },
    ...{ epochs: count, batchSize: count },
  }),
  v.looseObject({
    ...{ type: v.literal("step"), ...at, ...means, learningRate: finite },
    exchangeSeconds: v.optional(finite),
  }),
  v.looseObject({ type: v.literal("epoch"), ...at, ...means }),
  v.looseObject({
    ...{ type: v.literal("weights"), ...at },
    parameters: v.record(v.string(), v.looseObject({ magnitude: finite, change: finite })),
  }),
  v.looseObject({ type: v.literal("learningRate"), ...at, previous: finite, learningRate: finite }),
  v.looseObject({
    ...{ type: v.literal("evaluation"), ...at },
    evaluation: v.looseObject({
      ...{ examples: count, loss: finite, top1: finite, top5: finite, seconds: finite },
      confusion: v.array(v.array(count)),
    }),
  }),
  v.looseObject({ type: v.literal("checkpoint"), ...at, location: v.string() }),
  v.looseObject({ type: v.literal("end"), ...at, reason: v.picklist(["completed", "earlyStop", "limit", "aborted"]) }),
]);

/** What is wrong with a value, and where, as the end of a sentence; nothing where it is as it should be. */
export function faultOf(schema: v.GenericSchema, value: unknown): string | undefined {
  const { issues } = v.safeParse(schema, value);
  const [issue] = issues ?? [];
  if (!issue) return undefined;
  const path = v.getDotPath(issue);
  return `${path === null ? "it" : `"${path}"`} should be ${issue.expected}, and is ${issue.received}`;
}
