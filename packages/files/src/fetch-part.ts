import { constants, type FileHandle, lstat, open, rm } from "node:fs/promises";
import { describeFailure } from "./describe-failure.js";
import { type GetOptions, httpGetRaw } from "./http-get.js";
import type { PartProgress } from "./part-progress.js";

/** The server's answer makes another attempt at the same address pointless. */
export class RefusedError extends Error {}

/** The file on the disk could not be written: no mirror will do better. */
export class LocalError extends Error {}

/**
 * Fetches a file into `part`, from byte `start` on, which is how much of it is there already. A server that ignores the
 * range, or has fewer bytes than that, sends all of it, and `part` starts anew. Rejects with `RefusedError` when the server has no such file, or
 * one of more than `mostBytes`, with `LocalError` when the disk fails, and with another error when the connection does, or is slower than
 * 16 KiB in `stallTimeout`; what has arrived stays in `part`.
 */
export async function fetchPart(
  url: string,
  part: string,
  start: number,
  options: Omit<GetOptions, "headers"> & { readonly mostBytes: number },
  onProgress: (progress: PartProgress) => void,
): Promise<void> {
  const { mostBytes, stallTimeout } = options;
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (start > 0) {
    headers.range = `bytes=${start}-`;
  }
  const response = await httpGetRaw(url, { ...options, headers });
  const { statusCode } = response;
  if (statusCode === 416 && start > 0) {
    response.destroy();
    return fetchPart(url, part, 0, options, onProgress);
  }
  const resumed = statusCode === 206 && rangeStart(response.headers["content-range"]) === start;
  if (!resumed && statusCode !== 200) {
    response.destroy();
    const answer =
      statusCode === 206 ? "sent another range than asked for" : `answered ${statusCode} ${response.statusMessage}`;
    throw new RefusedError(`the server ${answer}`.trimEnd());
  }
  let bytes = resumed ? start : 0;
  const length = Number(response.headers["content-length"] ?? Number.NaN);
  const total = Number.isNaN(length) ? undefined : bytes + length;
  const tooLarge = () => new RefusedError(`the server sends more than the ${mostBytes} bytes that the file may have`);
  if (total !== undefined && total > mostBytes) {
    response.destroy();
    throw tooLarge();
  }
  const file = await openPart(part, resumed).catch(throwLocal);
  let [windowEnd, windowBytes] = [performance.now() + stallTimeout, 0];
  try {
    // Without an encoding, a stream gives bytes.
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      if (bytes + chunk.byteLength > mostBytes) throw tooLarge();
      await file.appendFile(chunk).catch(throwLocal);
      bytes += chunk.byteLength;
      windowBytes += chunk.byteLength;
      onProgress({ bytes, total });
      if (performance.now() < windowEnd) continue;
      // The end of a file may be short.
      if (windowBytes < SLOWEST && bytes !== total) {
        throw new Error(`no more than ${windowBytes} bytes in ${stallTimeout / 1000} s`);
      }
      [windowEnd, windowBytes] = [performance.now() + stallTimeout, 0];
    }
    await file.sync().catch(throwLocal);
  } finally {
    response.destroy();
    await file.close();
  }
}

/** Bytes within the time of a stall: a server that sends less holds the connection and brings no file. */
const SLOWEST = 16 * 1024;

/** The file that is written to: a link in its place is no part of a download, and what it leads to is somebody's. */
async function openPart(part: string, resumed: boolean): Promise<FileHandle> {
  const found = await lstat(part).catch(() => undefined);
  if (found && !found.isFile()) await rm(part);
  const { O_WRONLY, O_CREAT, O_APPEND, O_TRUNC, O_NOFOLLOW = 0 } = constants;
  return open(part, O_WRONLY | O_CREAT | O_NOFOLLOW | (resumed && found?.isFile() ? O_APPEND : O_TRUNC));
}

function rangeStart(contentRange: string | undefined): number | undefined {
  const match = /^bytes (\d+)-/.exec(contentRange ?? "");
  return match === null ? undefined : Number(match[1]);
}

function throwLocal(cause: unknown): never {
  throw new LocalError(describeFailure(cause), { cause });
}
