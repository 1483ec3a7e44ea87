import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { NO_SIGNALS, temporaryFolder } from "./cli.js";

const drill = fileURLToPath(new URL("../../drills/kills.mjs", import.meta.url));

describe("the drill of kills, in short", () => {
  const folder = temporaryFolder();

  it("finds every training that was killed come to the same bits", async (context) => {
    context.skip(process.platform === "win32", NO_SIGNALS);
    const { stdout } = await promisify(execFile)(process.execPath, [drill, join(folder(), "work"), "4", "4"]);
    const { same, faults, operations } = JSON.parse(stdout);
    expect(faults).toEqual([]);
    expect(same).toBe(typeof operations === "number" ? 8 : 4);
  });
});
