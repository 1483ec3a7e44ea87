import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { pathWord, quote } from "../../src/invocation.js";

const AWKWARD = [
  "runs/plain-1",
  "a b",
  "$HOME",
  "`id`",
  "it's",
  'a "b"',
  "back\\slash",
  "a;b&c|d",
  "*",
  "~",
  "!x",
  "new\nline",
  "ü",
];

describe("a word of a command that people copy", () => {
  it.runIf(process.platform !== "win32").each(AWKWARD)("%j comes out of a shell as it went in", (word) => {
    expect(execFileSync("sh", ["-c", `printf %s ${quote(word)}`]).toString()).toBe(word);
  });

  it("is left alone where no shell minds it", () => {
    expect(quote("runs/lenet5-sample-20261123-230102", "linux")).toBe("runs/lenet5-sample-20261123-230102");
    expect(quote("runs\\plain", "win32")).toBe("runs\\plain");
    expect(quote("C:\\my runs", "win32")).toBe('"C:\\my runs"');
  });

  it("is no flag where it is a path", () => {
    expect(pathWord("--run")).toBe("./--run");
    expect(pathWord("runs/one")).toBe("runs/one");
  });
});
