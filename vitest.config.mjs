import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// One configuration for every package. Vitest runs inside the package (`npm test -w @alexnet/core`) or at the root
// (`npx vitest run packages/core/test/tensor.test.ts`), so the patterns fit both.
export default defineConfig({
  test: {
    include: ["**/test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ["default", fileURLToPath(new URL("./scripts/vitest-reporter.mjs", import.meta.url))],
  },
});
