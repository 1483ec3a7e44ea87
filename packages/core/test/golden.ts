import { readFileSync } from "node:fs";

/** A JSON file of conformance/golden, made in Python. */
export function goldenJson<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(`../../../conformance/golden/${name}.json`, import.meta.url), "utf8"));
}
