// Reads damaged files of every format, so many of each kind:
//   node scripts/fuzz.mjs [FILES, 100000 unless told] [SEED, 1 unless told]
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [files = "100000", seed = "1"] = process.argv.slice(2);
const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve("vitest/package.json")), "vitest.mjs");
const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "--config", "../../vitest.config.mjs", "test/fuzz.test.ts"],
  {
    cwd: packageFolder,
    stdio: "inherit",
    env: { ...process.env, ALEXNET_FUZZ_FILES: files, ALEXNET_FUZZ_SEED: seed },
  },
);
process.exitCode = status ?? 1;
