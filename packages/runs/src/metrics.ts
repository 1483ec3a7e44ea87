import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import type { CheckpointEvent, StartEvent } from "@alexnet/core";
import { describeFailure } from "@alexnet/files";
import { RunFolderError } from "./errors.js";
import { readIfThere, writeWhole } from "./files.js";
import type { EventRecord } from "./record.js";
import { faultOf, recordSchema } from "./schemas.js";

/** A file of events that grows. */
export interface MetricsFile {
  /** Writes one more line. Throws `RunFolderError`. */
  append(record: EventRecord): void;
  close(): void;
}

/** Each line reaches the system at once, so a crash of this process loses none; epochs and later reach the disk. */
export function openMetrics(path: string): MetricsFile {
  const guarded = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (cause) {
      throw new RunFolderError(`Cannot write ${path}: ${describeFailure(cause)}.`, { cause });
    }
  };
  const file = guarded(() => openSync(path, "a"));
  return {
    append(record) {
      guarded(() => {
        const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
        for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
        if (record.type !== "step") fsyncSync(file);
      });
    },
    close: () => closeSync(file),
  };
}

/** The events in a file. A line that is none, as a crash leaves at the end, is left out. */
export async function readMetrics(path: string): Promise<readonly EventRecord[]> {
  return parseMetrics((await readIfThere(path)) ?? "");
}

export function parseMetrics(text: string): readonly EventRecord[] {
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    try {
      const record: unknown = JSON.parse(line);
      // It has what the schema asks for.
      return faultOf(recordSchema, record) === undefined ? [record as EventRecord] : [];
    } catch {
      return [];
    }
  });
}

/**
 * The events of a training that goes on from a checkpoint, as if it had never stopped: without what happened after the
 * checkpoint's step, without the end, and without the checkpoint an interruption wrote; with the checkpoint itself where the process was
 * killed before it was noted. The start is that of the training as it is now, which may have more epochs than it began with. Without a
 * checkpoint nothing else has happened.
 */
export function upToCheckpoint(
  records: readonly EventRecord[],
  from: Pick<CheckpointEvent, "step" | "epoch" | "location"> | undefined,
  start: StartEvent,
): EventRecord[] {
  if (!from) return [{ ...start, step: 0 }];
  const before = records.filter(({ type, step }) => type !== "start" && type !== "end" && step <= from.step);
  const isNoted = before.some(({ type, step }) => type === "checkpoint" && step === from.step);
  const kept = before.filter((record) => record.type !== "checkpoint" || !record.atEnd);
  return [{ ...start, step: 0 }, ...kept, ...(isNoted ? [] : [{ type: "checkpoint", ...from } as const])];
}

/** Rewrites the file for a training that goes on; returns what is in it now. */
export async function rewindMetrics(
  path: string,
  from: Pick<CheckpointEvent, "step" | "epoch" | "location"> | undefined,
  start: StartEvent,
): Promise<readonly EventRecord[]> {
  const records = upToCheckpoint(await readMetrics(path), from, start);
  await writeWhole(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  return records;
}
