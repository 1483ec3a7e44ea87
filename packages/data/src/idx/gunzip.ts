import { promisify } from "node:util";
import { constants, gunzip as gunzipCallback } from "node:zlib";
import { codeOf } from "@alexnet/core/support";

const gunzipBytes = promisify(gunzipCallback);

/** What came out of a gzip file. */
export interface Gunzipped {
  readonly content: Uint8Array;
  /** Whether the gzip data reach their end; if not, `content` is as much as there is. */
  readonly whole: boolean;
}

/**
 * The content of a gzip file, or the bytes as they are when they are none. Rejects damaged data with zlib's error, and what is more than
 * `most` bytes when so many are there.
 */
export async function gunzip(bytes: Uint8Array, most: number): Promise<Gunzipped> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    return { content: bytes, whole: true };
  }
  const inflated = async (finishFlush: number): Promise<Uint8Array> => {
    try {
      return await gunzipBytes(bytes, { maxOutputLength: most, finishFlush });
    } catch (cause) {
      if (codeOf(cause) !== "ERR_BUFFER_TOO_LARGE") throw cause;
      throw new Error(`there are more than ${most} bytes in it`, { cause });
    }
  };
  try {
    return { content: await inflated(constants.Z_FINISH), whole: true };
  } catch (error) {
    if (codeOf(error) !== "Z_BUF_ERROR") {
      throw error;
    }
    return { content: await inflated(constants.Z_SYNC_FLUSH), whole: false };
  }
}
