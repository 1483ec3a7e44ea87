import { type Level, levels } from "../suite/check.js";
import type { CheckResult } from "../suite/run.js";
import { atLevel, type BackendReport, levelNumbers, tally } from "./report.js";

/** The head of a table in Markdown with a column a level, for READMEs. */
export function levelsTableHead(): string {
  const titles = levelNumbers.map((level: Level) => `${level} ${levels[level]}`);
  return `| backend | engine | precision | ${titles.join(" | ")} |\n|---|---|---|${":-:|".repeat(titles.length)}`;
}

/**
 * A backend's row in it: ✓ where every check that was run passed, ✗ where one did not, – where none was run; and how many,
 * where some take more work than was asked for.
 */
export function levelsTableRow({ info, results }: BackendReport): string {
  const marks = levelNumbers.map((level) => mark(atLevel(results, level)));
  return `| \`${info.name}\` | ${info.engine} | ${info.precision} | ${marks.join(" | ")} |`;
}

function mark(results: readonly CheckResult[]): string {
  const { passed, failed, expected } = tally(results);
  const run = passed + failed + expected;
  if (run === 0) return "–";
  if (failed > 0) return "✗";
  // What does not apply, such as counting buffers, is not missing.
  const left = results.filter(({ skipped }) => skipped === "work").length;
  return `✓${left > 0 ? ` ${run} of ${results.length}` : ""}${expected > 0 ? `, ${expected} known to fail` : ""}`;
}
