import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";

const guide = readFileSync(fileURLToPath(new URL("../../docs/training.md", import.meta.url)), "utf8");

it("the guide to training runs as it stands, and what it trains learns", async () => {
  const folder = mkdtempSync(fileURLToPath(new URL("guide-", import.meta.url))); // Where the packages are found.
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const code = [...guide.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join("\n");
  writeFileSync(join(folder, "guide.mjs"), code);
  const { stdout } = await promisify(execFile)(process.execPath, ["guide.mjs"], { cwd: folder });
  const [first, second, third, answers] = stdout.trim().split("\n") as [string, string, string, string];
  expect([first, second].map((line) => line.split(":")[0])).toEqual(["epoch 1", "epoch 2"]);
  expect(Number(third.split(": ")[1])).toBeGreaterThan(0.9);
  expect(answers.split(" ")).toHaveLength(8);
  expect(readFileSync(join(folder, "halves.safetensors")).length).toBeGreaterThan(0);
});
