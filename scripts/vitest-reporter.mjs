// Runs next to Vitest's default reporter and adds the three things it leaves out: the reason of every skipped test, which
// it folds away with the files that passed; the counts, which scripts/summarize-tests.mjs adds up over all packages; and
// what the conformance suite found, which scripts/backend-table.mjs compares with the README.
import { mkdirSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

const results = new URL("../test-results/", import.meta.url);

export default class Reporter {
  onInit(vitest) {
    this.vitest = vitest;
  }

  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const skipped = [];
    const backends = new Map();
    for (const module of modules) {
      // A file that does not load or a failing beforeAll has no failed test of its own.
      counts.failed += module.errors().length;
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        const { conformance } = test.meta();
        if (conformance) {
          const { info, result } = conformance;
          if (!backends.has(info.name)) backends.set(info.name, { info, results: [] });
          backends.get(info.name).results.push(result);
        }
        counts[state === "pending" ? "failed" : state] += 1;
        // What `-t` leaves out needs no reason.
        const leftOut = note === undefined && this.vitest.config.testNamePattern !== undefined;
        if (state === "skipped" && !leftOut)
          skipped.push(`${module.relativeModuleId} > ${test.fullName}: ${note ?? "no reason given"}`);
      }
    }
    if (skipped.length > 0) console.log(["Skipped:", ...skipped].join("\n  "), "\n");
    mkdirSync(results, { recursive: true });
    writeFileSync(
      new URL(`${basename(process.cwd())}.json`, results),
      JSON.stringify({ ...counts, backends: [...backends.values()] }),
    );
  }
}
