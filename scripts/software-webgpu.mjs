// Makes a WebGPU adapter out of the processor, for tests on machines without a GPU (Debian and its kin):
//
//   eval "$(node scripts/software-webgpu.mjs)"
//
// prints the variables by which Dawn finds SwiftShader, the software Vulkan driver in Debian's package chromium-common.
// The package is fetched by apt-get and unpacked into the user's cache folder, not installed; three of its files are kept.
// Prints nothing but a reason on stderr where that cannot be done, or where there is a driver already.

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { env } from "node:process";

const FILES = ["libvk_swiftshader.so", "libvulkan.so.1", "vk_swiftshader_icd.json"];
const FOLDER = "usr/lib/chromium";

const cache = join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "alexnet", "swiftshader");

if (env.VK_DRIVER_FILES) {
  console.error("VK_DRIVER_FILES names a Vulkan driver already.");
} else {
  try {
    if (!hasFiles(cache)) fetchDriver();
    const search = [cache, env.LD_LIBRARY_PATH].filter(Boolean).join(":");
    console.log(`export VK_DRIVER_FILES='${join(cache, "vk_swiftshader_icd.json")}' LD_LIBRARY_PATH='${search}'`);
  } catch (error) {
    console.error(`No software WebGPU adapter: ${error.message}`);
  }
}

function hasFiles(folder) {
  return FILES.every((name) => existsSync(join(folder, name)));
}

function fetchDriver() {
  mkdirSync(dirname(cache), { recursive: true });
  const work = mkdtempSync(`${cache}-`);
  try {
    const installed = join("/", FOLDER);
    const source = hasFiles(installed) ? installed : unpackPackage(work);
    const kept = join(work, "kept");
    mkdirSync(kept);
    for (const name of FILES) copyFileSync(join(source, name), join(kept, name));
    rmSync(cache, { recursive: true, force: true });
    renameSync(kept, cache);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function unpackPackage(work) {
  run("apt-get", ["download", "chromium-common"], work);
  const archive = readdirSync(work).find((name) => name.endsWith(".deb"));
  run("dpkg-deb", ["--extract", archive, "root"], work);
  return join(work, "root", FOLDER);
}

function run(command, given, cwd) {
  const { status, error, stderr } = spawnSync(command, given, { cwd, encoding: "utf8" });
  if (error) throw new Error(`${command} could not be started (${error.code}).`);
  if (status !== 0) throw new Error(`${command} ${given[0]} failed: ${stderr.trim().split("\n").at(-1)}`);
}
