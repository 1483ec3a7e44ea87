import { createHash } from "node:crypto";
import { gunzip } from "../idx/gunzip.js";
import type { Manifest } from "./manifest.js";

/** MD5 of the bytes in hexadecimal. */
export function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

/** The MD5 that a manifest's MD5 of this file is compared with. A gzip file that cannot be read counts as it is. */
export async function publishedMd5(bytes: Uint8Array, md5Of: Manifest["md5Of"]): Promise<string> {
  if (md5Of === "file") {
    return md5(bytes);
  }
  try {
    return md5((await gunzip(bytes)).content);
  } catch {
    return md5(bytes);
  }
}
