import { rename, rm, stat } from "node:fs/promises";
import { codeOf } from "./code-of.js";
import { describeFailure } from "./describe-failure.js";
import { fetchPart, LocalError, RefusedError } from "./fetch-part.js";
import type { PartProgress } from "./part-progress.js";
import { readWhole } from "./read-whole.js";
import { withLock } from "./with-lock.js";

/** One file to fetch. */
export interface FileDownload {
  /** Where it goes; until it is whole and checked it is in `<path>.part`. */
  readonly path: string;
  /** Addresses of the same file, tried in this order. */
  readonly urls: readonly string[];
  /** It has no more; a server that sends more is not believed, and a file that has more is another. */
  readonly mostBytes: number;
  /** What is wrong with the bytes, in words; `undefined` when nothing is. */
  readonly fault: (bytes: Uint8Array) => Promise<string | undefined>;
  /** Milliseconds without a byte, or with less than 16 KiB, after which a connection counts as dead. */
  readonly stallTimeout: number;
  /** Stops the download; what has arrived is kept. */
  readonly signal: AbortSignal | undefined;
  /** Called for every piece that arrives, with the address that it comes from. */
  readonly onProgress: (url: string, progress: PartProgress) => void;
  /** The error to throw for what went wrong. */
  readonly failure: (message: string, options: ErrorOptions) => Error;
}

/** Attempts at one address in a row, each of which has to bring at least a byte to earn the next. */
const maxAttempts = 5;

/**
 * Makes sure that a faultless file is there, fetching it from the first address that has it, going on where an earlier
 * attempt stopped. Rejects with the signal's reason when aborted, which leaves the part for the next time, and with
 * `failure`, which lists what went wrong with every address.
 */
export async function downloadFile(download: FileDownload): Promise<void> {
  const { path, signal } = download;
  if (await isFaultless(download)) return;
  await withLock(`${path}.lock`, { signal, onWait: () => reportWaiting(download) }, async () => {
    // The one that had the lock before may have fetched it.
    if (!(await isFaultless(download))) await fetchFile(download);
  }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.path !== `${path}.lock`) throw cause;
    throw download.failure(`Cannot write ${path}.lock: ${describeFailure(cause)}.`, { cause });
  });
}

async function isFaultless({ path, mostBytes, fault, failure }: FileDownload): Promise<boolean> {
  if ((await sizeOf(path)) > mostBytes) return false;
  let bytes: Uint8Array;
  try {
    bytes = await readWhole(path);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return false;
    throw failure(`Cannot read ${path}: ${describeFailure(cause)}.`, { cause });
  }
  return (await fault(bytes)) === undefined;
}

/** How far the process is that has the lock. */
async function reportWaiting(download: FileDownload): Promise<void> {
  const bytes = await sizeOf(partOf(download));
  download.onProgress(download.urls[0] ?? "", { bytes, total: undefined });
}

async function fetchFile(download: FileDownload): Promise<void> {
  const begun = await sizeOf(partOf(download));
  if (begun > download.mostBytes) await rm(partOf(download));
  else if (begun > 0 && (await finish(download)) === undefined) return;
  const failures: string[] = [];
  for (const url of download.urls) {
    const failure = await tryAddress(download, url);
    if (failure === undefined) {
      return;
    }
    failures.push(`  ${url}: ${failure}`);
  }
  const rest = (await sizeOf(partOf(download))) > 0 ? "What has arrived is kept for the next attempt. " : "";
  throw download.failure(
    `Cannot download ${download.path}:\n${failures.join("\n")}\n` +
      `${rest}Check the connection, pass other mirrors, or put the file there yourself.`,
    {},
  );
}

/** Fetches from one address, again and again while that gets further; gives the failure in words, or nothing. */
async function tryAddress(download: FileDownload, url: string): Promise<string | undefined> {
  const part = partOf(download);
  let failure: string | undefined;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const start = await sizeOf(part);
    try {
      await fetchPart(url, part, start, download, (progress) => download.onProgress(url, progress));
    } catch (error) {
      download.signal?.throwIfAborted();
      if (error instanceof LocalError) {
        throw download.failure(`Cannot write ${part}: ${error.message}.`, { cause: error });
      }
      failure = describeFailure(error);
      if (error instanceof RefusedError || (await sizeOf(part)) <= start) {
        return failure;
      }
      continue;
    }
    const fault = await finish(download);
    if (fault === undefined) {
      return undefined;
    }
    await rm(part, { force: true });
    failure = `${fault}; deleted`;
    // A part begun at another mirror, or before the file changed, says nothing about this one: it gets a clean start.
    if (start === 0) {
      return failure;
    }
  }
  return failure;
}

/** Gives a faultless part its name; else says what is wrong with it. */
async function finish(download: FileDownload): Promise<string | undefined> {
  const fault = await download.fault(await readWhole(partOf(download)));
  if (fault === undefined) {
    // Whatever had the name until now was faulty, or this would not have been fetched; but it may be somebody's.
    await rename(download.path, `${download.path}.replaced`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    await rename(partOf(download), download.path);
  }
  return fault;
}

function partOf({ path }: FileDownload): string {
  return `${path}.part`;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
