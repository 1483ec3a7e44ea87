import type { Preprocessing, Tensor } from "@alexnet/core";
import { field } from "./json.js";

/** What stands in the text as it is; a mean image does not. */
const FIELDS = [
  "resizeMode",
  "shorterSide",
  "cropFrom",
  "range",
  "channelOrder",
  "mean",
  "std",
] as const satisfies readonly (keyof Preprocessing)[];

/** The key under which files of ours keep how images are prepared, as JSON. */
export const preprocessingKey = "preprocessing";

/** How images are to be prepared, as it stands in a file's free text; a mean image as float32 in Base64. */
export function formatPreprocessing(preprocessing: Preprocessing): string {
  const fields: [string, unknown][] = FIELDS.map((name) => [name, preprocessing[name]]);
  const { meanImage } = preprocessing;
  if (meanImage)
    fields.push(["meanImage", { shape: meanImage.shape, base64: base64Of(Float32Array.from(meanImage.data)) }]);
  return JSON.stringify(Object.fromEntries(fields));
}

/**
 * What a file's free text says of how images are to be prepared; `undefined` where it says nothing that can be read. The
 * values are checked where images are prepared.
 */
export function parsePreprocessing(text: string | undefined): Preprocessing | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const known = Object.entries(value).filter(([name]) => FIELDS.some((known) => known === name));
    const meanImage = imageOf(field(value, "meanImage"));
    return { ...Object.fromEntries(known), ...(meanImage && { meanImage }) };
  } catch {
    return undefined;
  }
}

function imageOf(value: unknown): Tensor | undefined {
  const [shape, base64] = [field(value, "shape"), field(value, "base64")];
  if (!Array.isArray(shape) || typeof base64 !== "string") return undefined;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return { shape, data: new Float32Array(bytes.buffer) };
}

function base64Of(data: Float32Array): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let text = "";
  // In pieces: a call takes only so many arguments.
  for (let start = 0; start < bytes.length; start += 8192)
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(text);
}
