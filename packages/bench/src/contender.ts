import { AlexNetError } from "@alexnet/core";
import type { OperationTime } from "@alexnet/core/backend";
import type { Task } from "./workload.js";

/** Somebody who can be timed: a backend, or a peer that is not ours. */
export interface Contender {
  readonly name: string;
  /**
   * Makes everything ready for a task. Throws `ContenderError`, saying why, when it is not here or cannot do that. Aborting
   * ends what was begun; nobody waits for it any more.
   */
  start(task: Task, signal?: AbortSignal): Promise<Contestant>;
}

/** A contender in the middle of a task. Between its turns it does nothing, so that others have the machine. */
export interface Contestant {
  /** Versions, threads, device. */
  readonly facts: Facts;
  /** Works through at least so many steps, more where it takes several at once. */
  run(steps: number): Promise<Turn>;
  /** Says how long each operation of a step takes. Throws `ContenderError` where it cannot tell. */
  profile(): Promise<readonly OperationScore[]>;
  /** Ends it and frees everything. */
  stop(): Promise<void>;
}

/** What a contender says of itself: engine, version, device, threads. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** What a contestant says of its turn. */
export interface Turn {
  readonly steps: number;
  readonly seconds: number;
  /** The most memory its process held until now, bytes. */
  readonly peakMemory: number;
}

/** How long some operations of a step took together. */
export interface OperationScore extends OperationTime {
  /** By their definitions, a multiply-add counting as two. */
  readonly floatingPointOperations: number;
}

/** A contender is not here, cannot do a task, or failed in it. */
export class ContenderError extends AlexNetError {
  constructor(message: string, options?: ErrorOptions) {
    super("CONTENDER", message, options);
  }
}
