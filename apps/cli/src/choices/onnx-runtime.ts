import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { BackendUnavailableError } from "@alexnet/core";
import { codeOf } from "@alexnet/core/support";
import { cacheFolder, describeFailure } from "@alexnet/files";
import { manifest } from "../program/version.js";

const PACKAGE = "onnxruntime-node";
const VERSION = manifest.optionalDependencies[PACKAGE]!.replace(/^\D+/, "");

/**
 * Loads ONNX Runtime. On Linux x64 its install script downloads CUDA libraries; where it cannot, npm leaves the package out,
 * an optional dependency. Then it is taken from the user's cache folder, and where that has none, and `notice` is there to
 * tell of it, fetched without that script, once.
 */
export async function loadOnnxRuntime(notice?: (text: string) => void): Promise<object> {
  try {
    return await import("onnxruntime-node");
  } catch (error) {
    if (codeOf(error) !== "ERR_MODULE_NOT_FOUND") throw error;
  }
  const folder = join(cacheFolder(), `${PACKAGE}-${VERSION}`);
  const require = createRequire(join(folder, "package.json"));
  try {
    return require(PACKAGE);
  } catch (error) {
    if (codeOf(error) !== "MODULE_NOT_FOUND") throw error;
  }
  if (!notice) {
    throw new BackendUnavailableError(
      "ONNX Runtime is not installed: its install script could not download CUDA libraries. The first training, " +
        "evaluation or prediction with onnx:cpu fetches it without them.",
    );
  }
  notice(
    `Fetching ONNX Runtime ${VERSION} from the package registry, once (its install script did not run to its end) …`,
  );
  await fetchInto(folder);
  return require(PACKAGE);
}

/** Installs the package in a folder beside, which takes its name when it is whole: two processes do not disturb each other. */
async function fetchInto(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const partial = await mkdtemp(`${folder}-`);
  try {
    await writeFile(join(partial, "package.json"), '{ "private": true }\n');
    await npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", partial, `${PACKAGE}@${VERSION}`]);
    await rename(partial, folder).catch((error) => {
      if (!existsSync(folder)) throw error; // Else another process was faster.
    });
  } catch (cause) {
    throw new BackendUnavailableError(
      `ONNX Runtime is not installed, and could not be fetched: ${describeFailure(cause)}. Where the package registry can be ` +
        `reached, "npm install --ignore-scripts ${PACKAGE}" installs it; --backend names another engine.`,
      { cause },
    );
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Runs npm: the one that runs this process, as npx does, or the one on the path. */
function npm(words: readonly string[]): Promise<void> {
  const { npm_execpath: running, ...environment } = process.env;
  // What npx was told, such as where to install, is not meant for this one.
  const inherited = Object.entries(environment).filter(
    ([name]) => !/^npm_config_(global|prefix|local_prefix)$/.test(name),
  );
  const [program, first] = running?.endsWith("npm-cli.js") ? [process.execPath, [running]] : ["npm", []];
  const shell = program === "npm" && process.platform === "win32"; // There npm is a script.
  const child = spawn(
    program,
    [...first, ...words].map((word) => (shell ? `"${word}"` : word)),
    {
      env: Object.fromEntries(inherited),
      shell,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2000);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ended with ${code}: ${said.trim()}`));
    });
  });
}
