// Trains on disks that are too small: whether each training says so, and goes on to the same bits once there is room.
//
//   unshare -rm node drills/disk-full.mjs <work folder> [sizes: 20]
//
// On Linux; a disk is a tmpfs, which takes the right to mount one (unshare gives it). Prints what came out as JSON.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { run } from "./program.mjs";
import { goingOn, outcomeOf, summed, unharmed } from "./small-training.mjs";

const [work, sizes = "20"] = process.argv.slice(2);
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const disk = join(work, "disk");
mkdirSync(disk);
const mount = (options) => execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", disk]);
const sized = (kib) => mount(`remount,size=${kib}k`);
const ROOM = 64 * 1024;

mount(`size=${ROOM}k`);
const { whole } = await unharmed(join(disk, "whole"));
const { blocks, bfree, bsize } = statfsSync(disk);
const needed = ((blocks - bfree) * bsize) / 1024;
rmSync(join(disk, "whole"), { recursive: true });

const results = [];
for (let size = 0; size < Number(sizes); size++) {
  const kib = Math.ceil(((size + 0.5) / Number(sizes)) * needed);
  const folder = join(disk, "run");
  sized(kib);
  const { code, signal, output } = await run(goingOn(folder));
  const isTold = code === 1 && /no space|ENOSPC|disk is full/i.test(output) && !/^ +at /m.test(output);
  sized(ROOM);
  const result = await outcomeOf(folder, whole);
  const outcome = isTold ? result.outcome : "not told";
  results.push({ kib, ...result, outcome, ...(outcome !== "same" && { code, signal, said: output }) });
  rmSync(folder, { recursive: true });
  process.stderr.write(`\r${size + 1} of ${sizes} sizes`);
}
process.stderr.write("\n");
execFileSync("umount", [disk]);
console.log(JSON.stringify({ neededKiB: Math.round(needed), sizes: Number(sizes), ...summed(results) }, undefined, 2));
if (results.some(({ outcome }) => outcome !== "same")) process.exitCode = 1;
