import { levels } from "../suite/check.js";
import {
  accuracy,
  atLevel,
  byOperation,
  type ConformanceReport,
  levelNumbers,
  outcome,
  shareOfBudget,
  tally,
} from "./report.js";

/** The report as Markdown: a table of backends and levels, one of backends and operations, and what was skipped. */
export function reportMarkdown(report: ConformanceReport): string {
  const { backends, unavailable, createdAt, versions, platform } = report;
  const ran = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const parts = [
    "# Conformance",
    `${createdAt.slice(0, 10)}, ${ran.join(", ")}, ${platform}. Checks passed, and the worst error as a share of its budget.`,
    table(
      ["backend", "engine", "device", "precision", ...levelNumbers.map((level) => `${level} ${levels[level]}`), "time"],
      backends.map(({ info, results }) => [
        info.name,
        `${info.engine} ${info.version}`,
        info.device,
        accuracy(info),
        ...levelNumbers.map((level) => cell(atLevel(results, level))),
        `${tally(results).seconds.toFixed(0)} s`,
      ]),
    ),
    "## Operations",
    "The worst error of each as a share of its budget.",
    table(
      ["operation", ...backends.map(({ info }) => info.name)],
      operationRows(report).map(({ operation, shares }) => [operation, ...shares]),
    ),
    ...section("Failed", backends, ["failed", "unexpected"]),
    ...section("Expected to fail", backends, ["expected"]),
    ...section("Skipped", backends, ["skipped"]),
    ...(unavailable.length === 0
      ? []
      : [
          "## Not available here",
          unavailable.map(({ name, reason }) => `- ${text(name)}: ${text(reason)}`).join("\n"),
        ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** One row an operation that any backend was measured on, with a share for each backend. */
export function operationRows({ backends }: ConformanceReport): readonly {
  readonly operation: string;
  readonly shares: readonly string[];
  readonly ratios: readonly (number | undefined)[];
}[] {
  const measured = backends.map(({ results }) => byOperation(results));
  const operations = [...new Set(measured.flatMap((worst) => [...worst.keys()]))];
  return operations.map((operation) => {
    const ratios = measured.map((worst) => worst.get(operation));
    return { operation, ratios, shares: ratios.map((ratio) => (ratio === undefined ? "–" : shareOfBudget(ratio))) };
  });
}

function cell(results: ConformanceReport["backends"][number]["results"]): string {
  const figures = tally(results);
  return figures.worst > 0 ? `${outcome(figures)}, ${shareOfBudget(figures.worst)}` : outcome(figures);
}

function section(
  title: string,
  backends: ConformanceReport["backends"],
  statuses: readonly string[],
): readonly string[] {
  const lines = backends.flatMap(({ info, results }) =>
    results
      .filter(({ status }) => statuses.includes(status))
      .map(
        ({ check, reason, issue }) =>
          `- ${text(info.name)}, ${text(check)}: ${text(reason ?? "")}${issue ? ` (${text(issue)})` : ""}`,
      ),
  );
  return lines.length === 0 ? [] : [`## ${title}`, lines.join("\n")];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(text).join(" | ")} |`;
  return [line(titles), `|${titles.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

/** Text that stays in its cell and its line. */
function text(value: string): string {
  return value.replaceAll("|", "\\|").replaceAll("<", "&lt;").replace(/\s+/g, " ");
}
