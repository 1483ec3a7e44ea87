import { CommanderError } from "commander";
import { describeError, exitCodes, InterruptedError, UsageError } from "./errors.js";

/** What is told of an error that ends a command: plain data. */
export interface Failure {
  readonly exitCode: number;
  /** Nothing where it has been told already, or there is nothing to tell. */
  readonly message?: string;
  /** Where it came from. */
  readonly stack: string;
}

/** An error of a command on another thread. */
export class FailedApart extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = "FailedApart";
    this.failure = failure;
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof FailedApart) return error.failure;
  const stack = String(error instanceof Error ? error.stack : error);
  // Commander has told it already; asking for help or the version ends here too.
  if (error instanceof CommanderError) {
    return { exitCode: error.exitCode === 0 ? exitCodes.ok : exitCodes.usage, stack };
  }
  if (error instanceof InterruptedError) return { exitCode: error.exitCode, stack };
  const exitCode = error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  return { exitCode, message: describeError(error), stack };
}
