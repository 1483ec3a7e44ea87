import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("computes where a test runner loads it into realms of their own, with typed arrays of any realm", async () => {
  const program = fileURLToPath(new URL("other-realm.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--experimental-vm-modules",
    "--no-warnings",
    program,
  ]);
  const [first, second] = JSON.parse(stdout);
  expect(first).toMatchObject({ ownRealm: true, foreignFloats: false });
  expect(first.sums).toEqual([
    [2, 3],
    [12, 13],
  ]);
  expect(first.logits).toHaveLength(10);
  expect(second).toEqual(first);
});
