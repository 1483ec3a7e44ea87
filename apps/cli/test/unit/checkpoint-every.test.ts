import { describe, expect, it } from "vitest";
import { checkpointInterval, seconds } from "../../src/commands/train/checkpoint-every.js";

describe("--checkpoint-every", () => {
  it.each([
    ["500steps", { steps: 500 }],
    ["1step", { steps: 1 }],
    ["2 epochs", { epochs: 2 }],
    ["90s", { seconds: 90 }],
    ["10min", { seconds: 600 }],
    ["0.5h", { seconds: 1800 }],
    ["1epoch, 10min", { epochs: 1, seconds: 600 }],
  ])("takes %s", (text, interval) => expect(checkpointInterval(text)).toEqual(interval));

  it.each(["", "500", "steps", "10 parsecs", "-5steps", "1epoch,", "5constructor"])("refuses %s", (text) => {
    expect(() => checkpointInterval(text)).toThrow("It must be like 500steps, 10min, 90s, 1h or 2epochs.");
  });
});

describe("a time", () => {
  it.each([
    ["8h", 28_800],
    ["45min", 2700],
    ["1.5s", 1.5],
  ])("%s is %d seconds", (text, expected) => expect(seconds(text)).toBe(expected));

  it.each(["10", "5steps", "1epoch,10min"])("%s is none", (text) => expect(() => seconds(text)).toThrow());
});
