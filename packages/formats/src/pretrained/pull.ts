import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InvalidArgumentError, WeightsError } from "@alexnet/core";
import { suggestion } from "@alexnet/core/support";
import { cacheFolder, describeFailure, downloadFile, makeFolder } from "@alexnet/files";
import { type PretrainedWeights, pretrainedWeights } from "./manifest.js";

/** Where weights are kept, and where from they come. */
export interface PullOptions {
  /** Where they are kept; default the folder `weights` of the user's cache folder. It can be moved, and shared by machines. */
  readonly directory?: string;
  /** Addresses of folders that hold the file, in place of the published ones. */
  readonly mirrors?: readonly string[];
  /** Called for every piece that arrives; `total` is what the file has. */
  readonly onProgress?: (progress: { readonly url: string; readonly bytes: number; readonly total: number }) => void;
  /** Stops the download; what has arrived is kept for the next time. */
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte, or with less than 16 KiB, after which a connection counts as dead; default 30,000. */
  readonly stallTimeout?: number;
}

/** The published weights of this name. Throws `InvalidArgumentError`, which names those that there are. */
export function pretrainedNamed(name: string): PretrainedWeights {
  const found = pretrainedWeights.find((weights) => weights.name === name);
  if (found) return found;
  const names = pretrainedWeights.map((weights) => weights.name);
  throw new InvalidArgumentError(
    `There are no published weights ${JSON.stringify(name)}.${suggestion(name, names)} There are ${names.join(", ")}.`,
  );
}

/** Where published weights are kept, whether or not they are there. */
export function pretrainedPath(what: string | PretrainedWeights, directory = join(cacheFolder(), "weights")): string {
  return join(directory, entryOf(what).file);
}

function entryOf(what: string | PretrainedWeights): PretrainedWeights {
  return typeof what === "string" ? pretrainedNamed(what) : what;
}

/** Whether published weights were fetched. */
export function isPulled(what: string | PretrainedWeights, directory?: string): boolean {
  return existsSync(pretrainedPath(what, directory));
}

/**
 * Makes sure that published weights, named or described, are there, and returns their path: fetched, going on where an earlier attempt stopped, and
 * held to their SHA-256. A file that differs is refused and not kept. Of several processes one downloads, and the others wait.
 *
 * Rejects with the signal's reason when aborted, and with `WeightsError`, which lists what went wrong with every address.
 *
 * @example
 * ```ts
 * const weights = await loadWeights(await pullWeights("torchvision/alexnet"));
 * ```
 */
export async function pullWeights(what: string | PretrainedWeights, options: PullOptions = {}): Promise<string> {
  const { sha256, bytes: size, file, mirrors: published } = entryOf(what);
  const { directory, mirrors = published, onProgress, signal, stallTimeout = 30_000 } = options;
  const path = pretrainedPath(what, directory);
  const folder = path.slice(0, -file.length - 1);
  await makeFolder(folder).catch((cause: Error) => {
    throw new WeightsError(`Cannot make the folder ${folder}: ${describeFailure(cause)}.`, { cause });
  });
  await downloadFile({
    path,
    urls: mirrors.map((mirror) => addressOf(mirror, file)),
    mostBytes: size,
    async fault(bytes) {
      if (bytes.byteLength !== size) return `it has ${bytes.byteLength} bytes, and should have ${size}`;
      const found = createHash("sha256").update(bytes).digest("hex");
      return found === sha256 ? undefined : `its SHA-256 is ${found}, and should be ${sha256}`;
    },
    stallTimeout,
    signal,
    onProgress: (url, { bytes }) => onProgress?.({ url, bytes, total: size }),
    failure: (message, failureOptions) => new WeightsError(message, failureOptions),
  });
  return path;
}

function addressOf(mirror: string, file: string): string {
  const folder = mirror.endsWith("/") ? mirror : `${mirror}/`;
  if (!URL.canParse(folder) || !/^https?:$/.test(new URL(folder).protocol)) {
    throw new InvalidArgumentError(`A mirror is an http or https address of a folder; got ${JSON.stringify(mirror)}.`);
  }
  return new URL(file, folder).href;
}
