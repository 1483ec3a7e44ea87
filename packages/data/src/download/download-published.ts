import { access, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError, InvalidArgumentError } from "@alexnet/core";
import type { Manifest, PublishedFile, Split } from "../published/manifest.js";
import { publishedMd5 } from "../published/verify.js";
import { downloadFile } from "./download-file.js";

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
  /** Milliseconds without a byte after which a connection counts as dead; default 30,000. */
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

/** Fetches the files of these splits that the directory does not have. */
export async function downloadPublished(
  manifest: Manifest,
  splits: readonly Split[],
  { directory, mirrors = manifest.mirrors, onProgress, signal, stallTimeout = 30_000 }: DownloadOptions,
): Promise<void> {
  const folders = mirrors.map(folderAddress);
  await mkdir(directory, { recursive: true }).catch((cause: Error) => {
    throw new DatasetError(`Cannot make the directory ${directory}: ${cause.message}`, { cause });
  });
  for (const file of splits.flatMap((split) => Object.values(manifest.splits[split]) as PublishedFile[])) {
    signal?.throwIfAborted();
    const path = join(directory, file.name);
    if (await exists(path)) {
      continue;
    }
    await downloadFile({
      path,
      urls: folders.map((folder) => new URL(file.name, folder).href),
      fault: async (bytes) => {
        const found = await publishedMd5(bytes, manifest.md5Of);
        return found === file.md5 ? undefined : `its MD5 is ${found}, and should be ${file.md5}`;
      },
      stallTimeout,
      signal,
      onProgress: (url, progress) => onProgress?.({ file: file.name, url, ...progress }),
    });
  }
}

function folderAddress(mirror: string): URL {
  const address = mirror.endsWith("/") ? mirror : `${mirror}/`;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new InvalidArgumentError(`A mirror is an http or https address of a folder; got ${JSON.stringify(mirror)}.`);
  }
  return new URL(address);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
