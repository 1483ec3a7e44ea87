import { type Backend, type BackendInfo, hasCode } from "@alexnet/core";
import { checks as allChecks } from "../checks/index.js";
import type { BackendReport, ConformanceReport } from "../report/report.js";
import type { Check, Level } from "./check.js";
import { type CheckResult, type Expectation, runConformance } from "./run.js";

/** A backend to be checked. */
export interface CheckedBackend {
  readonly name: string;
  /** Makes it. */
  create(): Promise<Backend>;
  /** Known failures. */
  readonly expectations?: readonly Expectation[];
}

/** What to check of which backends. */
export interface CheckBackendsOptions {
  readonly backends: readonly CheckedBackend[];
  /** Whether one that is not here is reported as such and passed over; else its error is thrown. */
  readonly passOverMissing?: boolean;
  readonly levels?: readonly Level[];
  readonly mostWork?: number;
  readonly signal?: AbortSignal;
}

/** What happens while backends are checked, one after the other. */
export type CheckEvent =
  /** A check is about to run: the `position`-th, from 0, of `of`. */
  | {
      readonly type: "check";
      readonly backend: string;
      readonly check: Check;
      readonly position: number;
      readonly of: number;
    }
  | { readonly type: "result"; readonly backend: string; readonly result: CheckResult }
  | { readonly type: "backend"; readonly backend: string; readonly report: BackendReport }
  | { readonly type: "unavailable"; readonly backend: string; readonly reason: string };

/**
 * Runs the suite on several backends and tells how it goes; returns the backends' part of a report. Throws what `create`
 * throws, and the signal's reason when aborted.
 */
export async function* checkBackends(
  options: CheckBackendsOptions,
): AsyncGenerator<CheckEvent, Pick<ConformanceReport, "backends" | "unavailable">> {
  const { backends, passOverMissing = false, levels, mostWork, signal } = options;
  const checks = allChecks.filter(({ level }) => !levels || levels.includes(level));
  const reports: BackendReport[] = [];
  const unavailable: { name: string; reason: string }[] = [];
  for (const { name, create, expectations = [] } of backends) {
    let info: BackendInfo | undefined;
    const results: CheckResult[] = [];
    const next = (position: number): readonly CheckEvent[] => {
      const check = checks[position];
      return check ? [{ type: "check", backend: name, check, position, of: checks.length }] : [];
    };
    const run = runConformance({
      create: async () => {
        const backend = await create();
        info ??= backend.info;
        return backend;
      },
      checks,
      expectations,
      ...(mostWork !== undefined && { mostWork }),
      ...(signal && { signal }),
    });
    try {
      yield* next(0);
      for await (const result of run) {
        results.push(result);
        yield { type: "result", backend: name, result };
        yield* next(results.length);
      }
    } catch (error) {
      if (signal?.aborted || !passOverMissing || !hasCode(error, "BACKEND_UNAVAILABLE")) throw error;
      unavailable.push({ name, reason: error.message });
      yield { type: "unavailable", backend: name, reason: error.message };
      continue;
    }
    if (!info) continue;
    const report = { info, results };
    reports.push(report);
    yield { type: "backend", backend: name, report };
  }
  return { backends: reports, unavailable };
}
