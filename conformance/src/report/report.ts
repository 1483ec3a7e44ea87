import type { BackendInfo } from "@alexnet/core";
import type { OperationKind } from "@alexnet/core/program";
import type { Level } from "../suite/check.js";
import { type CheckResult, worstRatio } from "../suite/run.js";

/** What the suite found on one machine. */
export interface ConformanceReport {
  readonly formatVersion: 1;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Versions of what ran it, by name: `node`, `alexnet`. */
  readonly versions: Readonly<Record<string, string>>;
  /** `linux-x64`. */
  readonly platform: string;
  readonly backends: readonly BackendReport[];
  /** Backends that are not here, and why. */
  readonly unavailable: readonly { readonly name: string; readonly reason: string }[];
}

/** The results of one backend. */
export interface BackendReport {
  readonly info: BackendInfo;
  readonly results: readonly CheckResult[];
}

/** The results of one backend on one level, or on one operation, in a few numbers. */
export interface Tally {
  readonly passed: number;
  /** Failed, or passed although a failure is expected. */
  readonly failed: number;
  readonly expected: number;
  readonly skipped: number;
  /** The largest error over its budget. */
  readonly worst: number;
  readonly seconds: number;
}

/** Counts results by their status. */
export function tally(results: readonly CheckResult[]): Tally {
  const count = (...statuses: readonly CheckResult["status"][]): number =>
    results.filter(({ status }) => statuses.includes(status)).length;
  return {
    passed: count("passed"),
    failed: count("failed", "unexpected"),
    expected: count("expected"),
    skipped: count("skipped"),
    worst: Math.max(0, ...results.map(({ measurements }) => worstRatio(measurements))),
    seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** The levels in their order, as numbers. */
export const levelNumbers: readonly Level[] = [1, 2, 3, 4, 5, 6];

/** The results of one level. */
export function atLevel(results: readonly CheckResult[], level: Level): readonly CheckResult[] {
  return results.filter((result) => result.level === level);
}

/** The worst error over its budget of each operation that levels 2 and 3 measured. */
export function byOperation(results: readonly CheckResult[]): ReadonlyMap<OperationKind, number> {
  const worst = new Map<OperationKind, number>();
  for (const { measurements } of results) {
    for (const measurement of measurements) {
      if (!measurement.operation) continue;
      worst.set(measurement.operation, Math.max(worst.get(measurement.operation) ?? 0, worstRatio([measurement])));
    }
  }
  return worst;
}

/** The report for programs. JSON has no infinity: it is written as text. */
export function reportJson(report: ConformanceReport): string {
  const finite = (_: string, value: unknown): unknown =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify(report, finite, 2)}\n`;
}

/** A share of a budget as people read it: `2.3 %`, `exact`, `> budget`. */
export function shareOfBudget(ratio: number): string {
  if (ratio === 0) return "exact";
  if (!Number.isFinite(ratio)) return "∞";
  const percent = ratio * 100;
  return `${percent < 10 ? percent.toPrecision(2) : percent.toFixed(0)} %`;
}

/** `9 of 10`, and what was skipped or expected to fail; `–` where a level was not run. */
export function outcome({ passed, failed, expected, skipped }: Tally): string {
  const run = passed + failed + expected;
  if (run + skipped === 0) return "–";
  const notes = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(expected > 0 ? [`${expected} expected to fail`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return `${passed} of ${run}${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`;
}

/** The class of errors a backend is held to: `float32`, or `float32, convolutions to 16 times that of the tensor`. */
export function accuracy({ precision, convolutionAmplification: times, eightBitBlock: block }: BackendInfo): string {
  return [
    precision,
    ...(times === undefined ? [] : [`convolutions to ${times} times that of the tensor`]),
    ...(block === undefined ? [] : [`dense products in 8 bits, blocks of ${block}`]),
  ].join(", ");
}
