import type { StepEvent } from "@alexnet/core";
import type { EventRecord } from "./record.js";

/** A point of a curve. */
export type CurvePoint = readonly [epoch: number, value: number];

/** Loss and accuracy over epochs, a step being a part of one. */
export interface Curves {
  readonly loss: readonly CurvePoint[];
  readonly accuracy: readonly CurvePoint[];
}

/** How loss and accuracy went. */
export interface History {
  /** Of every step's batch, before its update and with dropout. */
  readonly steps: Curves;
  /** Means over an epoch's steps. */
  readonly epochs: Curves;
  /** On the validation set. */
  readonly test: Curves;
}

/** The curves of a training, from what `readMetrics` gives. */
export function historyOf(records: readonly EventRecord[]): History {
  const start = records.find((record) => record.type === "start");
  const curves = (): { loss: CurvePoint[]; accuracy: CurvePoint[] } => ({ loss: [], accuracy: [] });
  const history = { steps: curves(), epochs: curves(), test: curves() };
  const add = (to: ReturnType<typeof curves>, x: number, loss: number, accuracy: number): void => {
    to.loss.push([x, loss]);
    to.accuracy.push([x, accuracy]);
  };
  for (const record of records) {
    if (record.type === "step")
      add(history.steps, record.step / (start?.stepsPerEpoch ?? 1), record.loss, record.accuracy);
    if (record.type === "epoch") add(history.epochs, record.epoch, record.loss, record.accuracy);
    if (record.type === "evaluation") add(history.test, record.epoch, record.evaluation.loss, record.evaluation.top1);
  }
  return history;
}

/** Images a second over these steps. */
export function throughput(steps: readonly Pick<StepEvent, "examples" | "seconds">[]): number {
  const examples = steps.reduce((sum, step) => sum + step.examples, 0);
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0);
  return examples / seconds;
}
