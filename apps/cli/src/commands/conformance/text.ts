import {
  atLevel,
  type BackendReport,
  type CheckResult,
  type Level,
  levels,
  outcome,
  shareOfBudget,
  tally,
} from "@alexnet/conformance";
import { duration } from "../../text/format.js";
import { table, wrap } from "../../text/table.js";

/** One row a level that was run. */
export function backendTable({ results }: Pick<BackendReport, "results">, wanted: readonly Level[]): string {
  const rows = wanted.map((level) => {
    const figures = tally(atLevel(results, level));
    const worst = figures.worst > 0 ? shareOfBudget(figures.worst) : "–";
    return [`${level} ${levels[level]}`, outcome(figures), worst, duration(figures.seconds)];
  });
  return table(
    [
      { title: "level" },
      { title: "checks passed" },
      { title: "worst of budget", align: "right" },
      { title: "time", align: "right" },
    ],
    rows,
  );
}

/** A check that did not pass, and why; wrapped under itself. */
export function resultText({ check, status, reason, issue }: CheckResult, columns: number): string {
  const why = [reason, issue].filter((part) => part !== undefined).join(" ");
  return [`${status}: ${check}`, ...wrap(why, columns - 2).map((line) => `  ${line}`)].join("\n");
}

/** What was skipped, each reason once. */
export function skippedText(results: readonly CheckResult[], columns: number): string {
  const byReason = new Map<string, number>();
  for (const { status, reason } of results) {
    if (status === "skipped") byReason.set(reason ?? "", (byReason.get(reason ?? "") ?? 0) + 1);
  }
  return [...byReason]
    .flatMap(([reason, count]) => wrap(`skipped ${count}: ${reason}`, columns - 2).map((line) => `  ${line}`))
    .join("\n");
}
