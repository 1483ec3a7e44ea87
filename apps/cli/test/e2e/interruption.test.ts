import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { alexnet, ended, jsonLines, NO_SIGNALS, type Outcome, SMALL, start, temporaryFolder } from "./cli.js";

const folder = temporaryFolder();

/** Starts a training, sends a signal when it has done so many steps, and waits for its end. */
function stopAfter(step: number, signal: NodeJS.Signals, run: string): Promise<Outcome> {
  const child = start(folder(), [...SMALL, "--run-dir", run, "--json"]);
  afterStep(child, step, () => child.kill(signal));
  return ended(child);
}

function afterStep(child: ChildProcessWithoutNullStreams, step: number, action: () => void): void {
  let text = "";
  let done = false;
  child.stdout.on("data", (piece: Buffer | string) => {
    text += piece.toString();
    if (!done && text.includes(`"type":"step","step":${step},`)) {
      done = true;
      action();
    }
  });
}

function file(run: string, name: string): Buffer {
  return readFileSync(join(folder(), run, name));
}

/** What happened in a run, without how long it took and where it was. */
function events(run: string): unknown {
  const lines = jsonLines(file(run, "metrics.jsonl").toString());
  return JSON.parse(
    JSON.stringify(lines, (key, value) => (key === "seconds" || key === "location" ? undefined : value)),
  );
}

describe("alexnet train, interrupted", () => {
  it("killed in the middle of an epoch, loses no more than it was told to, and goes on as if nothing had happened", async (context) => {
    context.skip(process.platform === "win32", NO_SIGNALS);
    const every = ["--checkpoint-every", "4steps", "--keep", "3"];
    const child = start(folder(), [...SMALL, "--run-dir", "mid", "--json", ...every]);
    afterStep(child, 5, () => child.kill("SIGKILL"));
    await ended(child);
    expect(readdirSync(join(folder(), "mid", "checkpoints"))).toContain("step-00000004");
    expect((await alexnet(folder(), ["train", "--resume", "mid", "--keep", "9", "--quiet"])).code).toBe(0);
    await alexnet(folder(), [...SMALL, "--run-dir", "mid-whole", "--quiet"]);
    expect(file("mid", "model.safetensors").equals(file("mid-whole", "model.safetensors"))).toBe(true);
    expect(readdirSync(join(folder(), "mid", "checkpoints")).length).toBeGreaterThan(2);
    const refused = await alexnet(folder(), [...SMALL, "--run-dir", "never", "--checkpoint-every", "soon"]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/It must be like 500steps, 10min/);
  });

  it.for([
    { signal: "SIGINT", code: 130 },
    { signal: "SIGTERM", code: 143 },
    { signal: "SIGHUP", code: 129 },
  ] as const)("stops with a checkpoint on $signal, and goes on as if nothing had happened", async (given, context) => {
    context.skip(process.platform === "win32", NO_SIGNALS);
    const run = `stopped-${given.code}`;
    const { code, stderr } = await stopAfter(8, given.signal, run);
    expect(code).toBe(given.code);
    expect(stderr).toContain("Stopped after step");
    expect(stderr).toContain(`train --resume ${run}`);
    const stopped = jsonLines(file(run, "metrics.jsonl").toString()).at(-1) as { step: number };
    expect(stopped).toMatchObject({ type: "end", reason: "aborted" });
    expect(readdirSync(join(folder(), run, "checkpoints"))).toContain(`step-${String(stopped.step).padStart(8, "0")}`);

    expect((await alexnet(folder(), ["train", "--resume", run, "--quiet"])).code).toBe(0);
    await alexnet(folder(), [...SMALL, "--run-dir", `whole-${given.code}`, "--quiet"]);
    expect(file(run, "model.safetensors").equals(file(`whole-${given.code}`, "model.safetensors"))).toBe(true);
    expect(events(run)).toEqual(events(`whole-${given.code}`));
  });

  it("answers while an engine computes a step of minutes, and ends at once when asked again", async (context) => {
    context.skip(process.platform === "win32", NO_SIGNALS);
    const long = ["train", "--backend", "reference", "--batch-size", "128", "--run-dir", "long", "--json"];
    const child = start(folder(), long);
    let said = "";
    child.stderr.on("data", (text: string) => {
      said += text;
    });
    const closed = new Promise<NodeJS.Signals | null>((resolve) => child.on("close", (_, signal) => resolve(signal)));
    child.stdout.setEncoding("utf8");
    await new Promise<void>((resolve) =>
      child.stdout.on("data", (text: string) => {
        if (text.includes('"type":"start"')) resolve();
      }),
    );
    child.kill("SIGINT");
    await expect.poll(() => said, { timeout: 10_000 }).toMatch(/Stopping after the step under way.*Press Ctrl-C again/);
    // A second press is no echo of the first.
    await new Promise((resolve) => setTimeout(resolve, 600));
    child.kill("SIGINT");
    expect(await closed).toBe("SIGINT");
    expect(readFileSync(join(folder(), "long", "metrics.jsonl"), "utf8")).not.toContain('"type":"step"');
  });

  it("goes on from the last checkpoint when it was killed", async () => {
    await stopAfter(9, "SIGKILL", "killed");
    expect(readdirSync(join(folder(), "killed", "checkpoints"))).toEqual(["step-00000006"]);
    const { code, stdout } = await alexnet(folder(), ["train", "--resume", "killed", "--json"]);
    expect(code).toBe(0);
    expect(jsonLines(stdout).find(({ type }) => type === "start")).toMatchObject({ step: 6 });
    await alexnet(folder(), [...SMALL, "--run-dir", "unharmed", "--quiet"]);
    expect(file("killed", "model.safetensors").equals(file("unharmed", "model.safetensors"))).toBe(true);
    expect(events("killed")).toEqual(events("unharmed"));
  });

  it("lets nobody else train in its folder meanwhile", async () => {
    const child = start(folder(), [...SMALL, "--run-dir", "busy", "--json", "--epochs", "100"]);
    const end = ended(child);
    await new Promise<void>((resolve) => afterStep(child, 7, resolve));
    const { code, stderr } = await alexnet(folder(), ["train", "--resume", "busy"]);
    expect(stderr).toContain(`process ${child.pid} on `);
    expect(code).toBe(1);
    child.kill("SIGKILL");
    await end;
  });

  it("stops with a checkpoint when nobody reads its output any more", async () => {
    const child = start(folder(), [...SMALL, "--run-dir", "unread", "--json", "--epochs", "100"]);
    afterStep(child, 3, () => child.stdout.destroy());
    const { code, stderr } = await ended(child);
    expect(stderr).toContain("Stopped after step");
    expect(code).toBe(141);
  });
});
