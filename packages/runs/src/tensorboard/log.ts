import { closeSync, openSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describeFailure, makeFolder } from "@alexnet/files";
import { RunFolderError } from "../errors.js";
import type { EventRecord } from "../record.js";
import { encodeEvent, type TensorboardEvent } from "./encode.js";
import { scalarsOf } from "./scalars.js";

/** How many this process has begun: two of one second are two files. */
let logs = 0;

/** A file that TensorBoard follows. */
export interface TensorboardLog {
  /** Adds what an event tells in numbers. Throws `RunFolderError`. */
  add(event: EventRecord): void;
  /** Ends the file. */
  close(): void;
}

/**
 * Begins an event file in a folder, for `tensorboard --logdir <folder>`: losses, accuracies, the learning rate, images a second, and how
 * large weights are and how they change. `step` is where the training begins or goes on: what earlier files tell of later steps counts no
 * more. Throws `RunFolderError` when the disk fails.
 */
export async function tensorboardLog(directory: string, step = 0): Promise<TensorboardLog> {
  const seconds = Date.now() / 1000;
  const path = join(directory, `events.out.tfevents.${Math.floor(seconds)}.${hostname()}.${process.pid}.${logs++}`);
  const failed = (cause: unknown): never => {
    throw new RunFolderError(`Cannot write ${path}: ${describeFailure(cause)}.`, { cause });
  };
  const guarded = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (cause) {
      return failed(cause);
    }
  };
  await makeFolder(directory).catch(failed);
  const file = guarded(() => openSync(path, "a"));
  const write = (event: Omit<TensorboardEvent, "wallTime">): void =>
    guarded(() => {
      const bytes = encodeEvent({ wallTime: Date.now() / 1000, ...event });
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    });
  write({ step: 0, fileVersion: "brain.Event:2" });
  write({ step, sessionStart: true });
  return {
    add(event) {
      const scalars = scalarsOf(event);
      if (Object.keys(scalars).length > 0) write({ step: event.step, scalars });
    },
    close: () => closeSync(file),
  };
}
