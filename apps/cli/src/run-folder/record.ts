import type { EndEvent, StepEvent, TrainingEvent } from "@alexnet/core";

/** An event as it is written down: without the tensors. */
export type EventRecord = Exclude<TrainingEvent, EndEvent> | Omit<EndEvent, "checkpoint">;

export function recordOf(event: TrainingEvent): EventRecord {
  if (event.type !== "end") return event;
  const { checkpoint: _, ...record } = event;
  return record;
}

/** Images a second over these steps. */
export function throughput(steps: readonly Pick<StepEvent, "examples" | "seconds">[]): number {
  const examples = steps.reduce((sum, step) => sum + step.examples, 0);
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0);
  return examples / seconds;
}
