import { type Level, levels } from "../suite/check.js";
import { type CheckResult, isAcceptable, worstRatio } from "../suite/run.js";
import { operationRows } from "./markdown.js";
import {
  accuracy,
  atLevel,
  type BackendReport,
  type ConformanceReport,
  levelNumbers,
  outcome,
  shareOfBudget,
  type Tally,
  tally,
} from "./report.js";
import { STYLE } from "./style.js";

/** The report as one page that needs nothing else: no script, no font, no picture from elsewhere. */
export function reportHtml(report: ConformanceReport): string {
  const { backends, createdAt, versions, platform } = report;
  const failed = backends.flatMap(({ results }) => results).filter((result) => !isAcceptable(result)).length;
  const ran = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const verdict = failed === 0 ? "Every backend passes." : `${failed} checks failed.`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Conformance of AlexNet's backends</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Conformance of AlexNet's backends</h1>
<p class="${failed === 0 ? "good" : "bad"}"><strong>${verdict}</strong></p>
<p>${escaped(`${createdAt.slice(0, 10)} · ${ran.join(" · ")} · ${platform}`)}</p>
</header>
<main>
<h2>Levels</h2>
<p>Checks passed, the worst error as a share of its budget, and the time.</p>
${scrolling(levelTable(backends))}
<h2>Operations</h2>
<p>The worst error of each as a share of its budget; 100 % is the most allowed.</p>
${scrolling(operationTable(report))}
${unavailableList(report)}
<h2>Checks</h2>
${backends.map(backendDetails).join("\n")}
</main>
</body>
</html>
`;
}

function levelTable(backends: readonly BackendReport[]): string {
  const head = ["backend", ...levelNumbers.map((level) => `${level} ${levels[level]}`)];
  const rows = backends.map(({ info, results }) => {
    const facts = [`${info.engine} ${info.version}`, info.device, accuracy(info)].map(escaped).join("<br>");
    const cells = levelNumbers.map((level) => levelCell(tally(atLevel(results, level))));
    return `<tr><th scope="row">${escaped(info.name)}<small>${facts}</small></th>${cells.join("")}</tr>`;
  });
  return tableOf(head, rows);
}

function levelCell(figures: Tally): string {
  const { passed, failed, expected, skipped, worst, seconds } = figures;
  if (passed + failed + expected + skipped === 0) return "<td>–</td>";
  const mark = failed > 0 ? "bad" : expected > 0 ? "fair" : passed > 0 ? "good" : "";
  const share = worst > 0 ? `<br>${shareOfBudget(worst)} of budget` : "";
  return `<td class="${mark}">${escaped(outcome(figures))}<small>${seconds.toFixed(1)} s${share}</small></td>`;
}

function operationTable(report: ConformanceReport): string {
  const head = ["operation", ...report.backends.map(({ info }) => info.name)];
  const rows = operationRows(report).map(({ operation, ratios, shares }) => {
    const cells = ratios.map((ratio, index) => `<td class="${shade(ratio)}">${shares[index]}</td>`);
    return `<tr><th scope="row">${escaped(operation)}</th>${cells.join("")}</tr>`;
  });
  return tableOf(head, rows);
}

function shade(ratio: number | undefined): string {
  if (ratio === undefined) return "";
  if (!(ratio <= 1)) return "bad";
  return ratio > 0.5 ? "fair" : "good";
}

function unavailableList({ unavailable }: ConformanceReport): string {
  if (unavailable.length === 0) return "";
  const items = unavailable.map(({ name, reason }) => `<li><strong>${escaped(name)}</strong>: ${escaped(reason)}</li>`);
  return `<h2>Not available here</h2><ul>${items.join("")}</ul>`;
}

function backendDetails({ info, results }: BackendReport): string {
  const bad = results.some((result) => !isAcceptable(result));
  const parts = levelNumbers
    .filter((level) => atLevel(results, level).length > 0)
    .map((level) => levelDetails(level, atLevel(results, level)));
  const details = Object.entries(info.details).map(([name, value]) => `${name}: ${value}`);
  return `<details${bad ? " open" : ""}><summary>${escaped(info.name)}</summary>
<p>${escaped(details.join(" · "))}</p>
${parts.join("\n")}</details>`;
}

function levelDetails(level: Level, results: readonly CheckResult[]): string {
  const bad = results.some((result) => !isAcceptable(result));
  return `<details${bad ? " open" : ""}><summary>${level} ${levels[level]}: ${escaped(outcome(tally(results)))}</summary>
${scrolling(tableOf(["check", "result", "worst error", "budget", "time"], results.map(checkRow)))}</details>`;
}

function checkRow(result: CheckResult): string {
  const { check, status, measurements, reason, issue, seconds } = result;
  const mark = isAcceptable(result)
    ? { passed: "good", expected: "fair", failed: "", skipped: "", unexpected: "" }[status]
    : "bad";
  const worst = [...measurements].sort((a, b) => worstRatio([b]) - worstRatio([a]))[0];
  const figures = worst
    ? [`${figure(worst.error)}<small>${escaped(worst.what)}</small>`, figure(worst.budget)]
    : ["–", "–"];
  const why = [reason, issue].filter((part) => part !== undefined).join(" ");
  return `<tr><th scope="row">${escaped(check)}${why === "" ? "" : `<small>${escaped(why)}</small>`}</th>\
<td class="${mark}">${status}</td><td>${figures[0]}</td><td>${figures[1]}</td><td>${seconds.toFixed(2)} s</td></tr>`;
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return "∞";
  return value === 0 || value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

function tableOf(head: readonly string[], rows: readonly string[]): string {
  const titles = head.map((title) => `<th scope="col">${escaped(title)}</th>`).join("");
  return `<table><thead><tr>${titles}</tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table>`;
}

/** Wide tables scroll in their own box; the page never does. */
function scrolling(table: string): string {
  return `<div class="scrolling" tabindex="0">${table}</div>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
