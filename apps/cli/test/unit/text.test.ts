import { DatasetError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { parseLevels } from "../../src/commands/conformance/levels.js";
import { isGuessing } from "../../src/commands/train/chance.js";
import { inOurWords } from "../../src/program/words.js";
import { colors, wantsColor } from "../../src/text/colors.js";
import { count, duration, loss, magnitude, percent, plural, rate, short } from "../../src/text/format.js";
import { printable } from "../../src/text/printable.js";
import { facts, table, wrap } from "../../src/text/table.js";
import { padStart, truncate, width } from "../../src/text/width.js";

describe("tables", () => {
  it("line up words to the left and numbers to the right, whatever their colors", () => {
    const { red } = colors(true);
    expect(
      table(
        [{ title: "name" }, { title: "n", align: "right" }],
        [
          [red("ab"), "1,000"],
          ["c", "2"],
        ],
      ),
    ).toBe(`name      n\n───────────\n${red("ab")}    1,000\nc         2`);
  });

  it("wrap facts under themselves, and give a word that is too long a line of its own", () => {
    expect(
      facts(
        [
          ["a", "one two three"],
          ["bcd", "x"],
        ],
        14,
      ),
    ).toBe("  a    one two\n       three\n  bcd  x");
    expect(wrap("a incomprehensible b", 5)).toEqual(["a", "incomprehensible", "b"]);
  });
});

describe("numbers", () => {
  it("are written as people read them", () => {
    expect([
      count(1234567),
      percent(0.8125),
      loss(2.5),
      loss(12345.678),
      rate(3.44),
      rate(1234.4),
      rate(Number.NaN),
    ]).toEqual(["1,234,567", "81.3 %", "2.5000", "12346", "3.4", "1,234", "–"]);
    expect([0, 59.6, 61, 3661].map(duration)).toEqual(["0:00", "1:00", "1:01", "1:01:01"]);
    expect([999, 1500, 61_100_840, 1.1e9].map(magnitude)).toEqual(["999", "1.5 k", "61.1 M", "1.1 G"]);
    expect([plural(1, "image"), plural(2, "class"), plural(1200, "image")]).toEqual([
      "1 image",
      "2 classes",
      "1,200 images",
    ]);
    expect([0.1 + 0.2, 1e-7].map(short)).toEqual(["0.3", "1e-7"]);
  });
});

describe("widths", () => {
  it("count what is seen", () => {
    const { green } = colors(true);
    expect(width(green("añ畳".slice(0, 2)))).toBe(2);
    expect(padStart(green("1"), 3)).toBe(`  ${green("1")}`);
    expect([truncate("short", 5), truncate("longer", 5)]).toEqual(["short", "long…"]);
  });
});

describe("text from elsewhere", () => {
  it("does nothing to a terminal, and is still what it says", () => {
    const name = "a\u001b]0;title\u0007b\u001b[2Jc\rd\u009b1me\u202ef\u0000";
    expect(printable(name)).toBe("a\\u001b]0;title\\u0007b\\u001b[2Jc\\u000dd\\u009b1me\\u202ef\\u0000");
    expect(printable("tabs\tand\nlines, é, 😀")).toBe("tabs\tand\nlines, é, 😀");
    const { bold, red, dim } = colors(true);
    for (const styled of [bold("x"), red(dim("y"))]) expect(printable(styled)).toBe(styled);
    // JSON stays the same JSON.
    expect(JSON.parse(printable(JSON.stringify({ [name]: [name] })))).toEqual({ [name]: [name] });
  });

  it("keeps to its cell of a table", () => {
    expect(
      table([{ title: "class" }], [["two\nlines\u0008"]])
        .split("\n")
        .slice(2),
    ).toEqual(["two\\nlines\\u0008"]);
  });
});

describe("colors", () => {
  it.each([
    [{ flag: true, environment: {}, isTerminal: true }, true],
    [{ flag: true, environment: {}, isTerminal: false }, false],
    [{ flag: false, environment: { FORCE_COLOR: "1" }, isTerminal: true }, false],
    [{ flag: true, environment: { NO_COLOR: "1", FORCE_COLOR: "1" }, isTerminal: true }, false],
    [{ flag: true, environment: { NO_COLOR: "" }, isTerminal: true }, true],
    [{ flag: true, environment: { FORCE_COLOR: "1" }, isTerminal: false }, true],
    [{ flag: true, environment: { TERM: "dumb" }, isTerminal: true }, false],
  ])("%j: %s", (options, wanted) => {
    expect(wantsColor(options)).toBe(wanted);
  });

  it("leave a text alone where they are off, and an empty one always", () => {
    expect([colors(false).bold("x"), colors(true).bold(""), colors(true).bold("x")]).toEqual([
      "x",
      "",
      "\u001b[1mx\u001b[22m",
    ]);
  });
});

describe("levels", () => {
  it.each([
    ["1", [1]],
    ["1-3", [1, 2, 3]],
    ["5, 2", [2, 5]],
    ["2-2,2", [2]],
  ])("%j are %j", (text, wanted) => {
    expect(parseLevels(text)).toEqual(wanted);
  });

  it.each(["", "0", "7", "3-1", "a", "1-9", "1..2"])("%j are none", (text) => {
    expect(() => parseLevels(text)).toThrow(/--level takes levels from 1 to 6/);
  });
});

describe("guessing", () => {
  const evaluation = (top1: number, loss: number, examples = 1000) => ({
    examples,
    loss,
    top1,
    top5: 0.5,
    seconds: 1,
    confusion: Array.from({ length: 10 }, () => new Array<number>(10).fill(0)),
  });

  it("is as many right answers as chance gives, and a loss that knows no more", () => {
    expect(isGuessing(evaluation(0.1, Math.log(10)))).toBe(true);
    expect(isGuessing(evaluation(0.11, Math.log(10)))).toBe(true);
    expect(isGuessing(evaluation(0.2, Math.log(10)))).toBe(false);
    expect(isGuessing(evaluation(0.1, 0.9 * Math.log(10)))).toBe(false);
    // Three of twenty may be luck.
    expect(isGuessing(evaluation(0.15, Math.log(10), 20))).toBe(true);
  });
});

describe("the library's words", () => {
  it("become the command line's, under the same code", async () => {
    const work = () => Promise.reject(new DatasetError("Pass download: true to fetch it."));
    await expect(inOurWords({ "Pass download: true": "Add --download" }, work)).rejects.toMatchObject({
      code: "DATASET",
      message: "Add --download to fetch it.",
    });
    await expect(inOurWords({ other: "another" }, work)).rejects.toBeInstanceOf(DatasetError);
    expect(await inOurWords({}, () => 3)).toBe(3);
  });
});
