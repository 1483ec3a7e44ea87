import { createHash } from "node:crypto";
import { messageOf } from "@alexnet/core/support";
import { gunzip } from "../idx/gunzip.js";
import type { Manifest, PublishedFile } from "./manifest.js";

/** What is wrong with a file, as the end of a sentence about it; or, when nothing is, its bytes, as far as uncompressed. */
export type Verdict = { readonly fault: string } | { readonly fault?: undefined; readonly bytes: Uint8Array };

/** Images of digits are a fifth of themselves when compressed, labels half. */
const MOST_RATIO = 32;

/** The one judge of the files of published datasets: what a download lets pass can be read. */
export async function judge(
  { md5Of }: Pick<Manifest, "md5Of">,
  { md5: expected, bytes: size }: PublishedFile,
  bytes: Uint8Array,
): Promise<Verdict> {
  if (isWebPage(bytes)) return { fault: "it is a web page, as networks send that ask for a login, and not the file" };
  let judged = bytes;
  if (md5Of === "content") {
    try {
      const { content, whole } = await gunzip(bytes, MOST_RATIO * size + 2 ** 20);
      if (!whole) return { fault: "it is truncated: the checksum at the end of its gzip data is missing" };
      judged = content;
    } catch (error) {
      return { fault: `it is damaged: its gzip data cannot be read (${messageOf(error)})` };
    }
  }
  const found = md5(judged);
  if (found === expected) return { bytes: judged };
  const subject = md5Of === "content" ? "the MD5 of the uncompressed file" : "its MD5";
  return { fault: `${subject} is ${found}, and should be ${expected}` };
}

/** MD5 of the bytes in hexadecimal. */
export function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

function isWebPage(bytes: Uint8Array): boolean {
  return /^\s*<(!doctype html|html|head|\?xml)/i.test(Buffer.from(bytes.subarray(0, 200)).toString("latin1"));
}
