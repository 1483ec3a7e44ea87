import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BackendUnavailableError } from "@alexnet/core";
import { messageOf } from "@alexnet/core/support";

/** An attribute of a TensorFlow operation; `type` is one of the addon's `TF_ATTR_` numbers. */
export interface OperationAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** A tensor that the addon made. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
}

/** The native half of `@tensorflow/tfjs-node`: TensorFlow's eager C API (`binding/tfjs_binding.cc` in the package). */
export interface TensorFlowAddon {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  /** Version of libtensorflow. */
  readonly TF_Version: string;
  createTensor(shape: readonly number[], type: number, values: Float32Array | Int32Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array;
  executeOp(
    name: string,
    attributes: readonly OperationAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  isUsingGpuDevice(): boolean;
}

export type TensorFlowPackage = "@tensorflow/tfjs-node" | "@tensorflow/tfjs-node-gpu";

/**
 * Loads the addon of a package, and nothing else of it: the JavaScript half calls functions that Node removed in version 23
 * (`util.isNullOrUndefined` and others), the addon is the same for every Node from 12 on.
 *
 * Throws `BackendUnavailableError` when the package, its addon or libtensorflow is missing.
 */
export function loadAddon(name: TensorFlowPackage): { readonly addon: TensorFlowAddon; readonly version: string } {
  const require = createRequire(import.meta.url);
  let manifest: string;
  try {
    manifest = require.resolve(`${name}/package.json`);
  } catch (cause) {
    throw new BackendUnavailableError(`${name} is not installed. Run "npm install ${name}".`, {
      cause,
      packages: [name],
    });
  }
  const path = addonPath(dirname(manifest));
  const remedy =
    `Run its install script ("npm rebuild ${name} --ignore-scripts=false"), or "node ${setupScript()}" where the script ` +
    "cannot download libtensorflow.";
  if (path === undefined) {
    throw new BackendUnavailableError(`${name} is installed without its native addon. ${remedy}`);
  }
  // TensorFlow's notes about the processor, a line or more at each start; warnings and errors stay.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "1";
  try {
    // Modules that are loaded by their path have no types.
    const { version } = require(manifest) as { version: string };
    return { addon: require(path) as TensorFlowAddon, version };
  } catch (cause) {
    throw new BackendUnavailableError(`The native addon of ${name} does not load: ${messageOf(cause)}. ${remedy}`, {
      cause,
    });
  }
}

/** The program that sets TensorFlow up, as a word of a command that works from here whatever installed this package. */
function setupScript(): string {
  const path = fileURLToPath(new URL("../../bin/setup-tensorflow.js", import.meta.url));
  return path.includes(" ") ? `'${path}'` : path;
}

/** Where node-pre-gyp puts an addon: the one for the newest Node-API that this Node knows. */
function addonPath(packageFolder: string): string | undefined {
  const folder = join(packageFolder, "lib");
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .map((name) => ({ name, version: Number(/^napi-v(\d+)$/.exec(name)?.[1]) }))
    .filter(({ version }) => version <= Number(process.versions.napi))
    .sort((a, b) => b.version - a.version)
    .map(({ name }) => join(folder, name, "tfjs_binding.node"))
    .find((path) => existsSync(path));
}
