// Reads damaged files of every kind that the project reads, so many of each: weights, data, run folders.
//   node scripts/fuzz.mjs [FILES, 100000 unless told] [SEED, 1 unless told] [PACKAGES, formats,data,runs unless told]
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [files = "100000", seed = "1", packages = "formats,data,runs"] = process.argv.slice(2);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve("vitest/package.json")), "vitest.mjs");
const tests = packages.split(",").map((name) => `packages/${name}/test/fuzz.test.ts`);
const { status } = spawnSync(process.execPath, [vitest, "run", "--root", root, ...tests], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, ALEXNET_FUZZ_FILES: files, ALEXNET_FUZZ_SEED: seed },
});
process.exitCode = status ?? 1;
