import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import type { StartEvent } from "@alexnet/core";
import { describeFailure } from "@alexnet/files";
import { RunFolderError } from "./errors.js";
import { readIfThere, writeWhole } from "./files.js";
import type { EventRecord } from "./record.js";

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

/** The events in a file. A line that is not JSON, as a crash leaves at the end, is left out. */
export async function readMetrics(path: string): Promise<readonly EventRecord[]> {
  return parseMetrics((await readIfThere(path)) ?? "");
}

export function parseMetrics(text: string): readonly EventRecord[] {
  return text.split("\n").flatMap((line) => {
    try {
      // Lines are written by `recordOf` alone.
      return line === "" ? [] : [JSON.parse(line) as EventRecord];
    } catch {
      return [];
    }
  });
}

/**
 * The events of a training that goes on from a checkpoint, as if it had never stopped: without what happened after the
 * checkpoint's step, without the end, and without the checkpoint an interruption wrote in the middle of an epoch. The
 * start is that of the training as it is now, which may have more epochs than it began with.
 */
export function upToCheckpoint(records: readonly EventRecord[], step: number, start: StartEvent): EventRecord[] {
  const kept = records.filter((record) => {
    if (record.type === "start" || record.type === "end") return false;
    if (record.type === "checkpoint" && record.step % start.stepsPerEpoch !== 0) return false;
    return record.step <= step;
  });
  return [{ ...start, step: 0 }, ...kept];
}

/** Rewrites the file for a training that goes on; returns what is in it now. */
export async function rewindMetrics(path: string, step: number, start: StartEvent): Promise<readonly EventRecord[]> {
  const records = upToCheckpoint(await readMetrics(path), step, start);
  await writeWhole(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  return records;
}
