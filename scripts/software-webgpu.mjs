// Makes a WebGPU adapter out of the processor, for tests on machines without a GPU (Debian and its kin):
//
//   eval "$(node scripts/software-webgpu.mjs)"
//
// prints the variables by which Dawn finds lavapipe, Mesa's software Vulkan driver, and `ALEXNET_SWIFTSHADER`, the entry
// of another one: lavapipe computes ten times as fast, but takes seconds to compile a long shader. Dawn wants a newer Mesa
// than Debian 12 has, so it is taken from the release's backports where there are some. apt-get fetches the packages with
// the libraries that the system lacks; they are unpacked into the user's cache folder, not installed.
// Prints nothing but a reason on stderr where that cannot be done, or where there is a driver already.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const cache = join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "alexnet");

const lavapipe = { folder: "lavapipe", packages: ["mesa-vulkan-drivers", "libvulkan1"], library: "libvulkan_lvp.so" };
/** It needs nothing of what the rest of its package needs. */
const swiftShader = { folder: "swiftshader", alone: "chromium-common", library: "libvk_swiftshader.so" };

if (env.VK_DRIVER_FILES) {
  console.error("VK_DRIVER_FILES names a Vulkan driver already.");
} else {
  const main = driver(lavapipe);
  const other = driver(swiftShader);
  if (other) console.log(`export ALEXNET_SWIFTSHADER='${other}'`);
  if (main) {
    const search = [...libraryFolders(join(cache, lavapipe.folder)), env.LD_LIBRARY_PATH].filter(Boolean).join(":");
    console.log(`export VK_DRIVER_FILES='${main}' LD_LIBRARY_PATH='${search}'`);
  }
}

/** The entry of a driver, which is fetched if it is not there; nothing, and the reason on stderr, where it cannot be. */
function driver({ folder, library, ...wanted }) {
  const entry = join(cache, folder, "entry.json");
  try {
    if (!existsSync(entry)) fetchDriver(join(cache, folder), wanted, library, entry);
    return entry;
  } catch (error) {
    console.error(`No software WebGPU adapter (${folder}): ${error.message}`);
    return undefined;
  }
}

function fetchDriver(folder, wanted, library, entry) {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  try {
    for (const archive of download(work, wanted)) run("dpkg-deb", ["--extract", archive, join(work, "root")]);
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(work, "root"), folder);
    const path = libraryFolders(folder)
      .map((inner) => join(inner, library))
      .find((candidate) => existsSync(candidate));
    if (path === undefined) throw new Error(`The packages hold no ${library}.`);
    writeFileSync(
      entry,
      JSON.stringify({ file_format_version: "1.0.0", ICD: { api_version: "1.1.0", library_path: path } }),
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Fetches packages and all they need that is not installed, or one package alone, with lists and archives of our own: no
 * root needed.
 */
function download(work, { packages, alone }) {
  const [lists, archives, sources] = ["lists", "archives", "sources.list"].map((name) => join(work, name));
  for (const folder of [lists, archives]) mkdirSync(join(folder, "partial"), { recursive: true });
  const settings = [
    ["Dir::Etc::sourcelist", sources], // Beside those of the system, which are in files of their own.
    ["Dir::State::lists", lists],
    ["Dir::Cache::archives", archives],
    ["APT::Sandbox::User", "root"],
    ["Debug::NoLocking", "true"],
  ].flatMap(([name, value]) => ["--option", `${name}=${value}`]);
  const apt = (...given) => run("apt-get", [...settings, "--quiet", "--yes", ...given], archives);

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
  if (alone) apt("download", alone);
  else apt("install", "--download-only", "--reinstall", "--no-install-recommends", ...release, ...packages);
  return readdirSync(archives)
    .filter((name) => name.endsWith(".deb"))
    .map((name) => join(archives, name));
}

/** Where newer packages for this Debian release come from; nothing on other systems. */
function backportsOf(targets) {
  const [, site, release] = targets.match(/^Debian (\S+) (\w+)$/m) ?? [];
  return site && existsSync(KEYRING) ? { site, release: `${release}-backports` } : undefined;
}

/** Where the libraries of unpacked packages are. */
function libraryFolders(root) {
  const folders = [];
  for (const top of ["usr/lib", "lib"]) {
    const folder = join(root, top);
    if (!existsSync(folder)) continue;
    const inner = readdirSync(folder, { withFileTypes: true }).filter((found) => found.isDirectory());
    const own = inner.filter(({ name }) => name.endsWith("-linux-gnu") || name === "chromium");
    folders.push(folder, ...own.map(({ name }) => join(folder, name)));
  }
  return folders;
}

function run(command, given, cwd) {
  const { status, error, stderr, stdout } = spawnSync(command, given, { encoding: "utf8", cwd });
  if (error) throw new Error(`${command} could not be started (${error.code}).`);
  if (status !== 0) throw new Error(`${command} failed: ${stderr.trim().split("\n").at(-1)}`);
  return stdout;
}
