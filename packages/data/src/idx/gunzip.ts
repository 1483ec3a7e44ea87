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

/** The content of a gzip file, or the bytes as they are when they are none. Rejects damaged data with zlib's error. */
export async function gunzip(bytes: Uint8Array): Promise<Gunzipped> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    return { content: bytes, whole: true };
  }
  try {
    return { content: await gunzipBytes(bytes), whole: true };
  } catch (error) {
    if (codeOf(error) !== "Z_BUF_ERROR") {
      throw error;
    }
    return { content: await gunzipBytes(bytes, { finishFlush: constants.Z_SYNC_FLUSH }), whole: false };
  }
}
