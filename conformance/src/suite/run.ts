import { type Backend, type BackendInfo, InvalidArgumentError } from "@alexnet/core";
import { messageOf, suggestion } from "@alexnet/core/support";
import { checks as allChecks } from "../checks/index.js";
import { type Check, type CheckContext, type Level, type Measurement, NotApplicable } from "./check.js";

/** A failure that is known, why, and where it is followed up. */
export interface Expectation {
  /** Id of the check. */
  readonly check: string;
  readonly reason: string;
  /** Address or number of the issue that will end it. */
  readonly issue: string;
}

/** What to check, and how much of it. */
export interface ConformanceOptions {
  /** Makes the backend. Called once for most checks, and once more by those that dispose it. */
  create(): Promise<Backend>;
  /** Known failures. One that passes is an error: take it off the list. */
  readonly expectations?: readonly Expectation[];
  /** The levels to run; all unless told otherwise. */
  readonly levels?: readonly Level[];
  /** Checks of more multiply-adds than this are skipped, for backends that would take hours; no limit unless given. */
  readonly mostWork?: number;
  /** Decides the inputs of the operations; 1 unless given. */
  readonly seed?: number;
  /** The checks to choose from; the whole suite unless given. */
  readonly checks?: readonly Check[];
  readonly signal?: AbortSignal;
}

/**
 * - `passed`: every error is within its budget.
 * - `failed`: one is not, or the backend did something it must not.
 * - `expected`: failed, and an expectation says so.
 * - `unexpected`: passed, though an expectation says it fails. Counts as a failure.
 * - `skipped`: not run, for the reason given.
 */
export type CheckStatus = "passed" | "failed" | "expected" | "unexpected" | "skipped";

/**
 * Why a check was not run, for programs:
 *
 * - `operation`: `info.operations` lacks one that it needs.
 * - `work`: it takes more than `mostWork`.
 * - `capability`: the backend says of itself that it does not do what is checked.
 */
export type SkipReason = "operation" | "work" | "capability";

/** What came out of a check. */
export interface CheckResult {
  readonly check: string;
  readonly level: Level;
  readonly operations: Check["operations"];
  readonly status: CheckStatus;
  readonly measurements: readonly Measurement[];
  /** Why it failed, was expected to fail, or was skipped. */
  readonly reason?: string;
  /** Of a skipped check: the reason for programs. */
  readonly skipped?: SkipReason;
  /** Of a check that threw: where. */
  readonly stack?: string;
  /** Of the expectation. */
  readonly issue?: string;
  readonly seconds: number;
}

/** Whether a result is one that a backend may ship with. */
export function isAcceptable({ status }: CheckResult): boolean {
  return status !== "failed" && status !== "unexpected";
}

/** The largest error over its budget: at most 1 where a check passes; 0 where nothing was measured. */
export function worstRatio(measurements: readonly Measurement[]): number {
  return measurements.reduce((worst, { error, budget }) => Math.max(worst, ratio(error, budget)), 0);
}

function ratio(error: number, budget: number): number {
  if (error === 0) return 0;
  // NaN is the worst there is, and a budget of 0 allows nothing.
  return Number.isNaN(error) || budget === 0 ? Number.POSITIVE_INFINITY : error / budget;
}

/**
 * Runs the suite on a backend and tells the result of each check as it comes. Leaving the loop early disposes what was
 * made. Throws what `create` throws, and `InvalidArgumentError` for an expectation that names no check.
 *
 * @example
 * ```ts
 * for await (const { check, status, reason } of runConformance({ create: myBackend })) {
 *   if (status === "failed") console.log(check, reason);
 * }
 * ```
 */
export async function* runConformance(options: ConformanceOptions): AsyncGenerator<CheckResult, void> {
  const { checks = allChecks, levels, expectations = [], seed = 1, signal, create } = options;
  checkExpectations(expectations);
  const backend = await create();
  const context: CheckContext = { backend, create, seed };
  try {
    for (const check of checks) {
      // A backend in plain JavaScript never lets go of the thread; a signal or a redraw must get its turn.
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
      if (levels && !levels.includes(check.level)) continue;
      yield await resultOf(check, context, options);
    }
  } finally {
    await backend.dispose();
  }
}

/** Runs one check. */
export async function resultOf(
  check: Check,
  context: CheckContext,
  { expectations = [], mostWork }: Pick<ConformanceOptions, "expectations" | "mostWork">,
): Promise<CheckResult> {
  const { id, level, operations } = check;
  const common = { check: id, level, operations };
  const unable = reasonToSkip(check, context.backend.info, mostWork);
  if (unable) return { ...common, status: "skipped", measurements: [], ...unable, seconds: 0 };

  const started = performance.now();
  const outcome = await attempt(check, context);
  const seconds = (performance.now() - started) / 1000;
  if (outcome.inapplicable !== undefined) {
    const reason = outcome.inapplicable;
    return { ...common, status: "skipped", measurements: [], reason, skipped: "capability", seconds };
  }
  const { measurements, failure, stack } = outcome;
  const expectation = expectations.find((candidate) => candidate.check === id);
  const known = expectation && { issue: expectation.issue };
  if (failure !== undefined) {
    const failed = { ...common, measurements, ...(stack !== undefined && { stack }), seconds };
    if (!expectation) return { ...failed, status: "failed", reason: failure };
    return { ...failed, status: "expected", reason: expectation.reason, ...known };
  }
  if (!expectation) return { ...common, status: "passed", measurements, seconds };
  const reason = `It passes, though it is expected to fail: ${expectation.reason} Take it off the expectations.`;
  return { ...common, status: "unexpected", measurements, reason, ...known, seconds };
}

interface Outcome {
  readonly measurements: readonly Measurement[];
  readonly failure?: string;
  readonly stack?: string;
  readonly inapplicable?: string;
}

async function attempt(check: Check, context: CheckContext): Promise<Outcome> {
  try {
    const measurements = await check.run(context);
    const over = measurements.filter(({ error, budget }) => !(error <= budget));
    return over.length === 0 ? { measurements } : { measurements, failure: describe(over) };
  } catch (error) {
    const message = messageOf(error);
    const stack = error instanceof Error ? (error.stack ?? message) : message;
    return error instanceof NotApplicable
      ? { measurements: [], inapplicable: message }
      : { measurements: [], failure: message, stack };
  }
}

function describe(over: readonly Measurement[]): string {
  const first = over[0]!;
  const rest = over.length > 1 ? `, and ${over.length - 1} more` : "";
  return `${first.what} is off by ${first.error.toPrecision(3)} units of roundoff; ${first.budget.toPrecision(3)} are allowed${rest}.`;
}

function reasonToSkip(
  check: Check,
  info: BackendInfo,
  mostWork = Number.POSITIVE_INFINITY,
): Required<Pick<CheckResult, "reason" | "skipped">> | undefined {
  const lacking = check.operations.filter((kind) => !info.operations.includes(kind));
  if (lacking.length > 0) return { reason: `${info.name} does not have ${lacking.join(", ")}.`, skipped: "operation" };
  if (check.work <= mostWork) return undefined;
  const reason = `It takes more multiply-adds than the ${mostWork.toExponential(1)} asked for.`;
  return { reason, skipped: "work" };
}

/** Throws `InvalidArgumentError` for an expectation that names no check of the suite: it would expect nothing. */
export function checkExpectations(expectations: readonly Expectation[]): void {
  const ids = allChecks.map(({ id }) => id);
  for (const { check } of expectations) {
    if (ids.includes(check)) continue;
    throw new InvalidArgumentError(
      `An expectation names the check "${check}", which the suite does not have.${suggestion(check, ids)}`,
    );
  }
}
