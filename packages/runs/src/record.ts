import type { EndEvent, TrainingEvent } from "@alexnet/core";

/** An event as it is written down: without the tensors. */
export type EventRecord = Exclude<TrainingEvent, EndEvent> | Omit<EndEvent, "checkpoint">;

/** The event as it is written down. */
export function recordOf(event: TrainingEvent): EventRecord {
  if (event.type !== "end") return event;
  const { checkpoint: _, ...record } = event;
  return record;
}
