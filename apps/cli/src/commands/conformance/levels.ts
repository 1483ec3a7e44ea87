import { type Level, levelNumbers } from "@alexnet/conformance";
import { UsageError } from "../../program/errors.js";

/** `1-3,5` as the levels it means. Throws `UsageError` for anything else. */
export function parseLevels(text: string): readonly Level[] {
  const wanted = new Set<Level>();
  for (const part of text.split(",")) {
    const [, first, last = first] = /^\s*(\d+)\s*(?:-\s*(\d+))?\s*$/.exec(part) ?? [];
    const range = levelNumbers.filter((level) => level >= Number(first) && level <= Number(last));
    const least = Math.min(...levelNumbers);
    if (first === undefined || Number(first) < least || Number(last) > levelNumbers.length || range.length === 0) {
      throw new UsageError(
        `--level takes levels from ${least} to ${levelNumbers.length}, as in 1-3 or 2,5, not "${text}".`,
      );
    }
    for (const level of range) wanted.add(level);
  }
  return levelNumbers.filter((level) => wanted.has(level));
}
