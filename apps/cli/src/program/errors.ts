import { hasCode, isAlexNetError } from "@alexnet/core";
import { installAdvice } from "./invocation.js";

/** What the process tells the shell when it ends. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** What a shell reports for a program that wrote to a closed pipe. */
  brokenPipe: 141,
} as const;

/** The command line itself is wrong: an unknown name, a flag that does not go with another. Ends with exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** Somebody pressed Ctrl-C where there is nothing to keep. Ends with the exit code for it, and without a word. */
export class InterruptedError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super("interrupted");
    this.name = "InterruptedError";
    this.exitCode = exitCode;
  }
}

/** The way an error is told to a person: errors thrown on purpose by their message, all others with their kind. */
export function describeError(error: unknown): string {
  if (hasCode(error, "BACKEND_UNAVAILABLE")) {
    const packages = "packages" in error && Array.isArray(error.packages) ? error.packages.map(String) : [];
    const advice = installAdvice(packages, process.argv[1] ?? "alexnet", process.cwd());
    return advice === undefined ? error.message : `${error.message} ${advice}`;
  }
  if (isAlexNetError(error) || error instanceof UsageError) return error.message;
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${error.message} (unexpected: --debug shows where it came from)`;
}
