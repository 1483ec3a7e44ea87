import type { Preprocessing } from "@alexnet/core";

const FIELDS = [
  "resizeMode",
  "shorterSide",
  "range",
  "channelOrder",
  "mean",
  "std",
] as const satisfies readonly (keyof Preprocessing)[];

/** The key under which files of ours keep how images are prepared, as JSON. */
export const preprocessingKey = "preprocessing";

/** How images are to be prepared, as it stands in a file's free text. */
export function formatPreprocessing(preprocessing: Preprocessing): string {
  return JSON.stringify(Object.fromEntries(FIELDS.map((field) => [field, preprocessing[field]])));
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
    return Object.fromEntries(Object.entries(value).filter(([field]) => FIELDS.some((known) => known === field)));
  } catch {
    return undefined;
  }
}
