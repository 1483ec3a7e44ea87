import { cpSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { backendEntries } from "../../src/choices/backends.js";
import { probeBackends } from "../../src/commands/backends/report.js";
import { alexnet, temporaryFolder } from "./cli.js";

const folder = temporaryFolder();

/** Another number than the machine's cores, which a resume without a memory would take. */
const THREADS = String(availableParallelism() + 1);

const names = ["onnx:cpu", "tfjs:node"];
const probes = await probeBackends(backendEntries.filter(({ name }) => names.includes(name)));

describe.each(probes)("a training on $name", (probe) => {
  const train = (...words: readonly string[]) => alexnet(folder(), ["train", ...words, "--quiet"]);
  const weights = (run: string): Buffer => readFileSync(join(folder(), run, "model.safetensors"));
  const started = (run: string, epochs: number) => [
    ...["--model", "lenet5", "--backend", probe.name, "--limit-train", "64", "--limit-test", "10"],
    ...["--threads", THREADS, "--epochs", String(epochs), "--run-dir", join(probe.name.replace(":", "-"), run)],
  ];
  const path = (run: string): string => join(probe.name.replace(":", "-"), run);

  it("goes on with the threads it ran on, however often it is resumed", async ({ skip }) => {
    if (!probe.available) skip(probe.reason);
    await train(...started("whole", 3));
    await train(...started("parts", 1));
    for (const epochs of ["2", "3"]) {
      const { code, stderr } = await train("--resume", path("parts"), "--epochs", epochs);
      expect(code).toBe(0);
      expect(stderr).not.toContain("Not bit for bit");
    }
    expect(weights(path("parts")).equals(weights(path("whole")))).toBe(true);
  });

  it("says what differs when told otherwise, and keeps to that afterwards", async ({ skip }) => {
    if (!probe.available) skip(probe.reason);
    cpSync(join(folder(), path("parts")), join(folder(), path("other")), { recursive: true });
    const other = await train("--resume", path("other"), "--epochs", "4", "--threads", "1");
    expect(other.stderr).toContain(`Not bit for bit as if never interrupted: threads 1 (was ${THREADS}).`);
    const next = await train("--resume", path("other"), "--epochs", "5");
    expect(next.stderr).not.toContain("Not bit for bit");
    const { resumed } = JSON.parse(readFileSync(join(folder(), path("other"), "config.json"), "utf8"));
    expect(resumed.at(-1).backend.info.details.threads).toBe(1);
  });
});

it("a training resumed on another backend says that its numbers differ", async () => {
  const words = ["--model", "lenet5", "--backend", "reference", "--limit-train", "32", "--limit-test", "10"];
  await alexnet(folder(), ["train", ...words, "--epochs", "1", "--run-dir", "moved", "--quiet"]);
  const { stderr } = await alexnet(folder(), [
    ...["train", "--resume", "moved", "--epochs", "2", "--backend", "onnx:cpu", "--quiet"],
  ]);
  expect(stderr).toMatch(/Not bit for bit.*backend onnx:cpu \(was reference\), .*precision float32 \(was float64\)/);
});
