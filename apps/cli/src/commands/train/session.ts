import type {
  Backend,
  BestEvaluation,
  Dataset,
  EndEvent,
  Evaluation,
  Model,
  StepEvent,
  Tensor,
  TrainingEvent,
  TrainingState,
  WeightsEvent,
} from "@alexnet/core";
import { defined } from "@alexnet/core/support";
import { directoryCheckpoints } from "@alexnet/formats/node";
import {
  type EventRecord,
  type History,
  historyOf,
  type Run,
  type RunConfig,
  readConfig,
  readMetrics,
  recordOf,
  runPaths,
  type TrainingConfig,
  throughput,
} from "@alexnet/runs";
import type { LeftOut } from "../../choices/bad-pictures.js";
import type { Ranks } from "../../choices/ranks.js";
import { writeConfusion, writeCurves, writeExample, writeFilters } from "./pictures.js";
import type { Reporter } from "./reporter.js";
import { writeSkipped } from "./skipped.js";

/** A training with everything it needs opened, and the folder it goes to. */
export interface Session {
  readonly directory: string;
  readonly model: Model;
  readonly recipe: TrainingConfig;
  /** The name that the dataset is chosen by. */
  readonly dataset: string;
  readonly training: Dataset;
  readonly test: Dataset;
  /** Pictures of both that could not be read so far. */
  readonly leftOut: LeftOut;
  /** Those who train together, where that is more than this process. */
  readonly ranks?: Ranks;
  /** An image of the test set as it is, `[1, C, H, W]`, pixels from 0 to 1. */
  example(): Promise<Tensor>;
  readonly backend: Backend;
  /** The training it goes on with; without it the folder must be new or empty. */
  readonly run?: Run;
  /** Trains into the folder. */
  events(signal: AbortSignal): AsyncGenerator<TrainingEvent, void>;
}

/** How a training ended. */
export interface SessionResult {
  readonly reason: EndEvent["reason"];
  readonly step: number;
  readonly epoch: number;
  /** The last one there was. */
  readonly evaluation?: Evaluation;
  /** How large weights were last, and how they changed. */
  readonly weights?: WeightsEvent;
  /** The best one, and the folder of its checkpoint. */
  readonly best?: BestEvaluation & { readonly checkpoint: string };
  /** Of the whole training, also of what happened before it was resumed. */
  readonly history: History;
  /** Images a second of the steps of this session. */
  readonly imagesPerSecond: number;
  /** How long this session took, evaluations included. */
  readonly seconds: number;
  readonly checkpoint?: string;
}

/** What is told of a session as it goes. */
export interface SessionReporter {
  /** Everything has been checked, and the first step is about to be taken. */
  begin(config: RunConfig): void;
  report: Reporter;
}

/** Trains, tells what happens, draws it into the run folder, and lists the pictures there that were left out. */
export async function runSession(
  session: Session,
  reporter: SessionReporter,
  signal: AbortSignal,
): Promise<SessionResult> {
  const list = () => writeSkipped(session.directory, session.leftOut);
  try {
    const result = await followed(session, reporter, signal);
    if (session.ranks) await session.leftOut.gather(session.ranks.communicator);
    await list();
    return result;
  } catch (error) {
    // Above all when there were too many of them.
    await list().catch(() => {});
    throw error;
  }
}

async function followed(
  session: Session,
  { begin, report }: SessionReporter,
  signal: AbortSignal,
): Promise<SessionResult> {
  const paths = runPaths(session.directory);
  const startedAt = performance.now();
  const records: EventRecord[] = [];
  const steps: StepEvent[] = [];
  let evaluation: Evaluation | undefined;
  let weights: WeightsEvent | undefined;
  let checkpoint: string | undefined;
  for await (const event of session.events(signal)) {
    if (event.type === "start") {
      if (!session.run?.checkpoint) await writeExample(session.directory, await session.example());
      records.push(...(await readMetrics(paths.metrics)));
      begin(await readConfig(paths.config));
    } else {
      records.push(recordOf(event));
    }
    report(event);
    if (event.type === "step") steps.push(event);
    if (event.type === "weights") weights = event;
    if (event.type === "evaluation") {
      evaluation = event.evaluation;
      const heading = `${session.model.name} on ${session.dataset}, after epoch ${event.epoch}`;
      await writeConfusion(session.directory, heading, evaluation, session.test.classNames);
    }
    if (event.type === "checkpoint") {
      checkpoint = event.location;
      await writeCurves(session.directory, `${session.model.name} on ${session.dataset}`, [
        { history: historyOf(records) },
      ]);
    }
    if (event.type === "end") {
      await writeFilters(session.directory, session.model, event.checkpoint.parameters);
      return {
        reason: event.reason,
        step: event.step,
        epoch: event.epoch,
        ...defined({ evaluation, weights, best: await bestOf(event.checkpoint.state, paths.checkpoints) }),
        history: historyOf(records),
        imagesPerSecond: throughput(steps),
        seconds: (performance.now() - startedAt) / 1000,
        ...(checkpoint !== undefined && { checkpoint }),
      };
    }
  }
  throw new Error("The training ended without saying so.");
}

/** The best evaluation whose checkpoint is there. */
async function bestOf({ best }: TrainingState, checkpoints: string): Promise<SessionResult["best"]> {
  const found = (await directoryCheckpoints(checkpoints).list()).find(({ step }) => step === best?.step);
  return best && found && { ...best, checkpoint: found.path };
}
