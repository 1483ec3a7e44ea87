// Prints `N passed, N failed, N skipped` over all packages, from the counts that scripts/vitest-reporter.mjs left.
// The argument is the exit status of the test run: one that broke before it could count still is a failure.
import { existsSync, readdirSync, readFileSync } from "node:fs";

const status = Number(process.argv[2]);
const results = new URL("../test-results/", import.meta.url);
const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of existsSync(results) ? readdirSync(results) : []) {
  const counts = JSON.parse(readFileSync(new URL(file, results), "utf8"));
  for (const outcome of Object.keys(total)) total[outcome] += counts[outcome];
}
if (status !== 0 && total.failed === 0) total.failed = 1;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
