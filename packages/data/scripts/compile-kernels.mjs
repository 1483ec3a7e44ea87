// Compiles assembly/resize.ts into src/pixels/resize-kernels.ts, with AssemblyScript from the registry: node scripts/compile-kernels.mjs
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../assembly/resize.ts", import.meta.url));
const target = fileURLToPath(new URL("../src/pixels/resize-kernels.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "alexnet-kernels-"));
try {
  const output = join(folder, "resize.wasm");
  const words = ["--yes", "--package", "assemblyscript@0.28.20", "asc", source, "-o", output];
  const flags = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd", "--importMemory"];
  execFileSync("npx", [...words, ...flags], { stdio: "inherit", shell: process.platform === "win32" });
  const lines = readFileSync(output)
    .toString("base64")
    .match(/.{1,110}/g);
  writeFileSync(
    target,
    `/** \`assembly/resize.ts\`, compiled by \`scripts/compile-kernels.mjs\`: WebAssembly in Base64. */\nexport const kernels =\n${lines
      .map((line) => `  "${line}"`)
      .join(" +\n")};\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
