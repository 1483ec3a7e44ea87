import { setImmediate } from "node:timers/promises";
import {
  type Backend,
  type Checkpoint,
  type Dataset,
  type EarlyStop,
  type EndEvent,
  type Evaluation,
  fit,
  type Model,
  type StepEvent,
  type TensorMap,
} from "@alexnet/core";
import type { Lock } from "@alexnet/files";
import { directoryCheckpoints, writeSafetensors } from "@alexnet/formats/node";
import { type History, historyOf, imageCharts } from "../history.js";
import { type RunConfig, writeConfig } from "../run-folder/config.js";
import { createRunFolder } from "../run-folder/create.js";
import { writeExample } from "../run-folder/example.js";
import { writeWhole } from "../run-folder/files.js";
import { lockRunFolder } from "../run-folder/lock.js";
import { type MetricsFile, openMetrics, rewindMetrics } from "../run-folder/metrics.js";
import { runPaths } from "../run-folder/paths.js";
import { type EventRecord, recordOf, throughput } from "../run-folder/record.js";
import { weightsMetadata } from "../run-folder/weights.js";
import { svgFigure } from "../svg/figure.js";
import type { Reporter } from "./reporter.js";

/** A training with everything it needs opened, and the folder it goes to. */
export interface Session {
  readonly directory: string;
  readonly config: RunConfig;
  readonly model: Model;
  readonly training: Dataset;
  readonly test: Dataset;
  readonly backend: Backend;
  /** The checkpoint to go on from; without it the folder must be new or empty. */
  readonly resume?: Checkpoint;
}

/** How a training ended. */
export interface SessionResult {
  readonly reason: EndEvent["reason"];
  readonly step: number;
  readonly epoch: number;
  /** The last one there was. */
  readonly evaluation?: Evaluation;
  /** Of the whole training, also of what happened before it was resumed. */
  readonly history: History;
  /** Images a second of the steps of this session. */
  readonly imagesPerSecond: number;
  /** How long this session took, evaluations included. */
  readonly seconds: number;
  readonly checkpoint?: string;
}

/**
 * Trains and keeps the run folder. The folder is made once core has checked everything and is about to take the first
 * step, so that a mistake leaves nothing behind and a resumed run is not touched.
 */
export async function runSession(session: Session, report: Reporter, signal: AbortSignal): Promise<SessionResult> {
  const { config, resume } = session;
  const paths = runPaths(session.directory);
  const { epochs, batchSize, optimizer, schedule, earlyStop, seed } = config.training;
  const events = fit({
    model: session.model,
    backend: session.backend,
    training: session.training,
    validation: session.test,
    epochs,
    batchSize,
    optimizer,
    schedule,
    seed,
    ...(earlyStop && { earlyStop: earlyStop satisfies EarlyStop }),
    ...(resume && { resume }),
    checkpoints: directoryCheckpoints(paths.checkpoints),
    signal,
  });
  const startedAt = performance.now();
  let records: EventRecord[] = [];
  const steps: StepEvent[] = [];
  let metrics: MetricsFile | undefined;
  let lock: Lock | undefined;
  let evaluation: Evaluation | undefined;
  let checkpoint: string | undefined;
  try {
    for await (const event of events) {
      const record = recordOf(event);
      if (event.type === "start") {
        if (!resume) await createRunFolder(session.directory);
        lock = await lockRunFolder(paths.lock);
        await writeConfig(paths.config, config);
        if (!resume) await writeExample(paths.example, session.test);
        if (resume) records = [...(await rewindMetrics(paths.metrics, resume.state.step, event))];
        metrics = openMetrics(paths.metrics);
      }
      if (event.type !== "start" || !resume) {
        metrics?.append(record);
        records.push(record);
      }
      report(event);
      if (event.type === "step") steps.push(event);
      if (event.type === "evaluation") evaluation = event.evaluation;
      if (event.type === "checkpoint") {
        checkpoint = event.location;
        await writeCurves(paths.curves, config, records);
      }
      if (event.type === "end") {
        await writeSafetensors(paths.weights, event.checkpoint.parameters as TensorMap, weightsMetadata(config, event));
        return {
          reason: event.reason,
          step: event.step,
          epoch: event.epoch,
          ...(evaluation && { evaluation }),
          history: historyOf(records),
          imagesPerSecond: throughput(steps),
          seconds: (performance.now() - startedAt) / 1000,
          ...(checkpoint !== undefined && { checkpoint }),
        };
      }
      // Lets signals in: an engine that computes on this thread leaves no other gap.
      await setImmediate();
    }
    throw new Error("The training ended without saying so.");
  } finally {
    metrics?.close();
    lock?.release();
  }
}

async function writeCurves(path: string, config: RunConfig, records: readonly EventRecord[]): Promise<void> {
  const heading = `${config.model.name} on ${config.dataset.name}`;
  await writeWhole(path, svgFigure(heading, imageCharts([{ history: historyOf(records) }])));
}
