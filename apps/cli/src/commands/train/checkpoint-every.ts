import type { CheckpointInterval } from "@alexnet/core";
import { InvalidArgumentError } from "commander";

/** What people write behind a number, and what it comes to. */
const UNITS: Readonly<Record<string, readonly [field: keyof CheckpointInterval, times: number]>> = {
  epochs: ["epochs", 1],
  steps: ["steps", 1],
  s: ["seconds", 1],
  min: ["seconds", 60],
  h: ["seconds", 3600],
};

/** `8h`, `45min`, `90s` in seconds. */
export function seconds(text: string): number {
  const { seconds: found, ...others } = checkpointInterval(text);
  if (found === undefined || Object.keys(others).length > 0) {
    throw new InvalidArgumentError("It must be like 8h, 45min or 90s.");
  }
  return found;
}

/** `500steps`, `10min`, `2epochs`, or several with commas between them: whichever comes first. */
export function checkpointInterval(text: string): CheckpointInterval {
  const parts = text.split(",").map((part) => {
    const [, number, unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/.exec(part) ?? [];
    const found = Object.hasOwn(UNITS, unit) ? UNITS[unit] : UNITS[`${unit}s`];
    if (number === undefined || !found)
      throw new InvalidArgumentError("It must be like 500steps, 10min, 90s, 1h or 2epochs.");
    return [found[0], Number(number) * found[1]] as const;
  });
  return Object.fromEntries(parts);
}
