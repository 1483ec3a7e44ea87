// Makes a WebGPU adapter out of the processor, for tests on machines without a GPU (Debian and its kin):
//
//   eval "$(node scripts/software-webgpu.mjs)"
//
// prints the variables by which Dawn finds lavapipe, Mesa's software Vulkan driver. Dawn wants a newer Mesa than Debian 12
// has, so it is taken from the release's backports where there are some. apt-get fetches it with the libraries that the
// system lacks; they are unpacked into the user's cache folder, not installed.
// Prints nothing but a reason on stderr where that cannot be done, or where there is a driver already.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { env } from "node:process";

const PACKAGES = ["mesa-vulkan-drivers", "libvulkan1"];
const DRIVER = "libvulkan_lvp.so";
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

const cache = join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "alexnet", "lavapipe");
const entry = join(cache, "lavapipe.json");

if (env.VK_DRIVER_FILES) {
  console.error("VK_DRIVER_FILES names a Vulkan driver already.");
} else {
  try {
    if (!existsSync(entry)) fetchDriver();
    const search = [...libraryFolders(), env.LD_LIBRARY_PATH].filter(Boolean).join(":");
    console.log(`export VK_DRIVER_FILES='${entry}' LD_LIBRARY_PATH='${search}'`);
  } catch (error) {
    console.error(`No software WebGPU adapter: ${error.message}`);
  }
}

function fetchDriver() {
  mkdirSync(dirname(cache), { recursive: true });
  const work = mkdtempSync(`${cache}-`);
  try {
    for (const archive of download(work)) run("dpkg-deb", ["--extract", archive, join(work, "root")]);
    rmSync(cache, { recursive: true, force: true });
    renameSync(join(work, "root"), cache);
    const driver = libraryFolders()
      .map((folder) => join(folder, DRIVER))
      .find((path) => existsSync(path));
    if (driver === undefined) throw new Error(`${PACKAGES[0]} holds no ${DRIVER}.`);
    writeFileSync(
      entry,
      JSON.stringify({ file_format_version: "1.0.0", ICD: { api_version: "1.3.0", library_path: driver } }),
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Fetches the packages, and all they need that is not installed, with lists and archives of our own: no root needed. */
function download(work) {
  const [lists, archives, sources] = ["lists", "archives", "sources.list"].map((name) => join(work, name));
  for (const folder of [lists, archives]) mkdirSync(join(folder, "partial"), { recursive: true });
  const settings = [
    ["Dir::Etc::sourcelist", sources], // Beside those of the system, which are in files of their own.
    ["Dir::State::lists", lists],
    ["Dir::Cache::archives", archives],
    ["APT::Sandbox::User", "root"],
    ["Debug::NoLocking", "true"],
  ].flatMap(([name, value]) => ["--option", `${name}=${value}`]);
  const apt = (...given) => run("apt-get", [...settings, "--quiet", "--yes", ...given]);

  writeFileSync(sources, "");
  apt("update");
  const backports = backportsOf(
    apt("indextargets", "--format", "$(ORIGIN) $(SITE) $(RELEASE)", "Created-By: Packages"),
  );
  if (backports) {
    writeFileSync(sources, `deb [signed-by=${KEYRING}] ${backports.site} ${backports.release} main\n`);
    apt("update");
  }
  const release = backports ? ["--target-release", backports.release] : [];
  apt("install", "--download-only", "--reinstall", "--no-install-recommends", ...release, ...PACKAGES);
  return readdirSync(archives)
    .filter((name) => name.endsWith(".deb"))
    .map((name) => join(archives, name));
}

/** Where newer packages for this Debian release come from; nothing on other systems. */
function backportsOf(targets) {
  const [, site, release] = targets.match(/^Debian (\S+) (\w+)$/m) ?? [];
  return site && existsSync(KEYRING) ? { site, release: `${release}-backports` } : undefined;
}

function libraryFolders() {
  const folders = [];
  for (const top of ["usr/lib", "lib"]) {
    const folder = join(cache, top);
    if (!existsSync(folder)) continue;
    folders.push(folder);
    for (const inner of readdirSync(folder, { withFileTypes: true })) {
      if (inner.isDirectory() && inner.name.endsWith("-linux-gnu")) folders.push(join(folder, inner.name));
    }
  }
  return folders;
}

function run(command, given) {
  const { status, error, stderr, stdout } = spawnSync(command, given, { encoding: "utf8" });
  if (error) throw new Error(`${command} could not be started (${error.code}).`);
  if (status !== 0) throw new Error(`${command} failed: ${stderr.trim().split("\n").at(-1)}`);
  return stdout;
}
