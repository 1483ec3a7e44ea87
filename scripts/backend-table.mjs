// Writes README.md's table of backends from conformance reports:
//
//   node scripts/backend-table.mjs conformance-report/report.json    # rewrites the table
//   node scripts/backend-table.mjs --check test-results/*.json       # fails where the tests disagree with it
//
// A machine may lack some engines, so a row of a backend that the report does not know stays as it is. A check looks at
// the marks alone: how many of the large models were run is a matter of patience.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { levelsTableHead, levelsTableRow } from "@alexnet/conformance";

const BEGIN = "<!-- conformance:begin -->";
const END = "<!-- conformance:end -->";

const { values: flags, positionals: paths } = parseArgs({
  options: { check: { type: "boolean", default: false } },
  allowPositionals: true,
});
const backends = paths.flatMap((path) => JSON.parse(readFileSync(path, "utf8")).backends);
if (backends.length === 0) throw new Error("Usage: node scripts/backend-table.mjs [--check] <reports of backends>");
const readmePath = fileURLToPath(new URL("../README.md", import.meta.url));
const readme = readFileSync(readmePath, "utf8");
const [before, rest] = readme.split(BEGIN);
const [table, after] = rest?.split(END) ?? [];
if (after === undefined) throw new Error(`README.md lacks the markers ${BEGIN} and ${END}.`);

const rows = new Map([...table.matchAll(/^\| `([^`]+)` .*$/gm)].map(([row, name]) => [name, row]));
const wrong = [];
for (const { info, results } of backends) {
  const row = levelsTableRow({ info, results });
  if (marksOf(rows.get(info.name)) !== marksOf(row)) {
    wrong.push(`README.md says: ${rows.get(info.name) ?? "nothing"}\nthe report:     ${row}`);
  }
  rows.set(info.name, row);
}

if (flags.check) {
  if (wrong.length > 0) {
    console.error(
      `${wrong.join("\n")}\nRun npm run conformance, then node scripts/backend-table.mjs conformance-report/report.json`,
    );
    process.exit(1);
  }
} else {
  writeFileSync(readmePath, `${before}${BEGIN}\n${[levelsTableHead(), ...rows.values()].join("\n")}\n${END}${after}`);
}

function marksOf(row) {
  return row?.replace(/ \d+ of \d+|, \d+ known to fail/g, "");
}
