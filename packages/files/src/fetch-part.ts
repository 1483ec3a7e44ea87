import { open } from "node:fs/promises";
import { describeFailure } from "./describe-failure.js";
import { type GetOptions, httpGetRaw } from "./http-get.js";
import type { PartProgress } from "./part-progress.js";

/** The server's answer makes another attempt at the same address pointless. */
export class RefusedError extends Error {}

/** The file on the disk could not be written: no mirror will do better. */
export class LocalError extends Error {}

/**
 * Fetches a file into `part`, from byte `start` on, which is how much of it is there already. A server that ignores the
 * range, or has fewer bytes than that, sends all of it, and `part` starts anew. Rejects with `RefusedError` when the server has no such file, with
 * `LocalError` when the disk fails, and with another error when the connection does; what has arrived stays in `part`.
 */
export async function fetchPart(
  url: string,
  part: string,
  start: number,
  options: Omit<GetOptions, "headers">,
  onProgress: (progress: PartProgress) => void,
): Promise<void> {
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
  const file = await open(part, resumed ? "a" : "w").catch(throwLocal);
  try {
    // Without an encoding, a stream gives bytes.
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      await file.appendFile(chunk).catch(throwLocal);
      bytes += chunk.byteLength;
      onProgress({ bytes, total });
    }
    await file.sync().catch(throwLocal);
  } finally {
    await file.close();
  }
}

function rangeStart(contentRange: string | undefined): number | undefined {
  const match = /^bytes (\d+)-/.exec(contentRange ?? "");
  return match === null ? undefined : Number(match[1]);
}

function throwLocal(cause: unknown): never {
  throw new LocalError(describeFailure(cause), { cause });
}
