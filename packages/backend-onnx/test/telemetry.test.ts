import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { disableTelemetry } from "../src/telemetry.js";

const run = promisify(execFile);
const hasStrace = await run("strace", ["-V"]).then(
  () => true,
  () => false,
);

/** The first look-up of the engine's telemetry comes some nine seconds after its first session. */
const LOOK_UP_MS = 12_000;

let fence: string;
beforeEach(() => {
  fence = mkdtempSync(join(tmpdir(), "alexnet-fence-"));
});
afterEach(() => rmSync(fence, { recursive: true, force: true }));

/** Runs a program on the engine in a process whose home and temporary folder are the fence; gives the files it left. */
async function filesOf(
  environment: Readonly<Record<string, string>>,
  wrapper: readonly string[] = [],
  waitMs = 0,
): Promise<readonly string[]> {
  const program = `
    import { onnxBackend } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
    import { tensor } from "@alexnet/core";
    import { programBuilder } from "@alexnet/core/program";
    const builder = programBuilder("relu");
    builder.input("x", [2]);
    builder.output(builder.apply("relu", ["x"], {}), "y");
    const backend = await onnxBackend({ threads: 1 });
    const executable = await backend.compile(builder.build());
    await executable.run(await backend.createVariables({}), [{ x: tensor([2], [-1, 1]) }]);
    await new Promise((resolve) => setTimeout(resolve, ${waitMs}));
    await backend.dispose();`;
  // Next to nothing is inherited: where CI is set the engine is silent by itself, and the test would show nothing.
  const { PATH, SystemRoot } = process.env;
  const inherited = { PATH, ...(SystemRoot !== undefined && { SystemRoot }) };
  const fenced = {
    HOME: fence,
    XDG_CACHE_HOME: "",
    TMPDIR: fence,
    USERPROFILE: fence,
    LOCALAPPDATA: fence,
    TEMP: fence,
  };
  const [command, ...words] = [...wrapper, process.execPath, "--input-type=module", "-e", program];
  await run(command as string, words, {
    cwd: new URL("..", import.meta.url),
    env: { ...inherited, ...fenced, ...environment },
  });
  return readdirSync(fence, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

describe("telemetry", () => {
  it("is off: the engine leaves no file behind", async () => {
    expect(await filesOf({})).toEqual([]);
  });

  it("is the user's choice: on where the environment says so", async ({ skip }) => {
    skip(process.platform !== "linux", "only on Linux is it known where the engine keeps its files");
    expect(await filesOf({ ORT_DISABLE_TELEMETRY: "0" })).toContain("deviceid");
  });

  it("is off: the engine looks up no host", async ({ skip }) => {
    if (!hasStrace) skip("strace is not here to watch the process with");
    const trace = join(tmpdir(), `${process.pid}.strace`);
    try {
      await filesOf({}, ["strace", "-f", "-e", "trace=network", "-o", trace], LOOK_UP_MS);
      const calls = readFileSync(trace, "utf8").split("\n");
      expect(calls.filter((call) => /AF_INET|nscd/.test(call))).toEqual([]);
      expect(calls.some((call) => call.includes("exited with 0"))).toBe(true);
    } finally {
      rmSync(trace, { force: true });
    }
  });

  it("is beyond a worker thread's reach, which says so", () => {
    const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    disableTelemetry({ ORT_DISABLE_TELEMETRY: "0" }, false);
    expect(warning).not.toHaveBeenCalled();
    disableTelemetry({}, false);
    expect(warning).toHaveBeenCalledWith(expect.stringContaining("ORT_DISABLE_TELEMETRY=1"), expect.anything());
    warning.mockRestore();
  });
});
