import { join } from "node:path";
import { DatasetError, InvalidArgumentError } from "@alexnet/core";
import { describeFailure, downloadFile, makeFolder } from "@alexnet/files";
import type { Manifest, PublishedFile } from "../published/manifest.js";
import { judge } from "../published/verify.js";

/** How far the download of one file is. */
export interface DownloadProgress {
  /** The file's name. */
  readonly file: string;
  /** The address it comes from. */
  readonly url: string;
  /** Bytes on the disk so far, those of an interrupted attempt included. */
  readonly bytes: number;
  /** Bytes of the whole file, where the server says. */
  readonly total: number | undefined;
}

/** Where to put the files, and where from. */
export interface DownloadOptions {
  readonly directory: string;
  /** Addresses of folders that hold the files, tried in this order; default the dataset's public ones. */
  readonly mirrors?: readonly string[];
  /** Called for every piece that arrives. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Stops the download; what has arrived is kept for the next time. */
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte, or with less than 16 KiB, after which a connection counts as dead; default 30,000. */
  readonly stallTimeout?: number;
}

/** Their names. */
export const DOWNLOAD_OPTIONS = {
  directory: true,
  mirrors: true,
  onProgress: true,
  signal: true,
  stallTimeout: true,
} as const satisfies Readonly<Record<keyof DownloadOptions, true>>;

/**
 * Fetches those of these files that the directory does not have. One that is there but is not what was published is fetched
 * again, and moved aside once the right one has come. Of several processes one downloads, and the others wait for it.
 */
export async function downloadPublished(
  manifest: Manifest,
  files: readonly PublishedFile[],
  { directory, mirrors = manifest.mirrors, onProgress, signal, stallTimeout = 30_000 }: DownloadOptions,
): Promise<void> {
  const folders = mirrors.map(folderAddress);
  await makeFolder(directory).catch((cause: Error) => {
    throw new DatasetError(`Cannot make the folder ${directory}: ${describeFailure(cause)}.`, { cause });
  });
  for (const file of files) {
    signal?.throwIfAborted();
    await downloadFile({
      path: join(directory, file.name),
      urls: folders.map((folder) => new URL(file.name, folder).href),
      mostBytes: mostBytesOf(file),
      fault: async (bytes) => (await judge(manifest, file, bytes)).fault,
      stallTimeout,
      signal,
      onProgress: (url, progress) => onProgress?.({ file: file.name, url, ...progress }),
      failure: (message, options) => new DatasetError(message, options),
    });
  }
}

/** Compressions differ between mirrors, but not by much. */
const mostBytesOf = ({ bytes }: PublishedFile): number => 2 * bytes + 2 ** 20;

function folderAddress(mirror: string): URL {
  const address = mirror.endsWith("/") ? mirror : `${mirror}/`;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new InvalidArgumentError(`A mirror is an http or https address of a folder; got ${JSON.stringify(mirror)}.`);
  }
  return new URL(address);
}
