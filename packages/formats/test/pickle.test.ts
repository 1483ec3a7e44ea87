import { WeightsError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { PickledObject, pickleGlobals } from "../src/pickle/objects.js";
import { unpickle } from "../src/pickle/unpickle.js";

class Box extends PickledObject {
  state: unknown;
  setState(state: unknown): void {
    this.state = state;
  }
}

const globals = pickleGlobals({
  "a.pair": ([first, second]) => ({ first, second }),
  "a.Box": () => new Box(),
  "a.value": undefined,
});

/** A pickle written as text, one character a byte. */
function read(text: string, persistent?: (id: unknown) => unknown): unknown {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  return unpickle(bytes, { globals, ...(persistent && { persistent }) }).value;
}

describe("unpickle", () => {
  // Each was written by Python's pickle.dumps, protocols 0 to 5, of the value at its side.
  it.each<[string, string, unknown]>([
    [
      "numbers of protocol 0",
      "(lp0\nI5\naI-70000\naI01\naF1.5\naL12345678901234567890L\na.",
      [5, -70000, true, 1.5, 12345678901234567890n],
    ],
    [
      "numbers of protocol 2",
      "\x80\x02](K\x05J\x90\xee\xfe\xff\x88G?\xf8\x00\x00\x00\x00\x00\x00M\x00\x01\x8a\x09\xd2\n\x1f\xeb\x8c\xa9T\xab\x00Ne.",
      [5, -70000, true, 1.5, 256, 12345678901234567890n, null],
    ],
    ["a negative number of many bytes", "\x80\x02\x8a\x09\x2e\xf5\xe0\x14sV\xabT\xff.", -12345678901234567890n],
    ["text of protocol 0", "(lp0\nVgr\\u00f6\\u00dfe\np1\na.", ["größe"]],
    ["text of protocol 4", "\x80\x04\x95\x09\x00\x00\x00\x00\x00\x00\x00\x8c\x07gr\xc3\xb6\xc3\x9fe\x94.", "größe"],
    ["strings of Python 2", "(S'a\\'b\\n\\xe9'\nU\x02\xe9bl.", ["a'b\né", "éb"]],
    ["bytes", "\x80\x05C\x02\x00\xff.", Uint8Array.of(0, 255)],
    [
      "a dict",
      "\x80\x02}(X\x01\x00\x00\x00aK\x01K\x02]u.",
      new Map<unknown, unknown>([
        ["a", 1],
        [2, []],
      ]),
    ],
    ["tuples", "\x80\x02K\x01\x85K\x01K\x02\x86K\x01K\x02K\x03\x87\x87.", [[1], [1, 2], [1, 2, 3]]],
    ["a set", "\x80\x04\x8f(K\x01K\x02\x90.", new Set([1, 2])],
  ])("reads %s", (_, pickle, value) => {
    expect(read(pickle)).toEqual(value);
  });

  it("gives the same object wherever a value is referred to", () => {
    const value = read("\x80\x02]q\x00(h\x00}q\x01h\x01e.") as unknown[];
    expect(value[0]).toBe(value);
    expect(value[1]).toBe(value[2]);
  });

  it("says where it ends, so that another can follow", () => {
    expect(unpickle(Uint8Array.of(0x4b, 7, 0x2e, 0x4e, 0x2e), { globals })).toEqual({ value: 7, end: 3 });
  });

  it("calls what the list has, and sets the state of what it made", () => {
    expect(read("ca\npair\nK\x01K\x02\x86R.")).toEqual({ first: 1, second: 2 });
    expect(read("\x80\x04\x8c\x01a\x8c\x03Box\x93)\x81K\x07b.")).toMatchObject({ state: 7 });
    expect(read("(ia\nBox\n.")).toBeInstanceOf(Box);
    expect(read("(ca\nBox\no.")).toBeInstanceOf(Box);
  });

  it("resolves persistent ids", () => {
    expect(read("P7\n.", (id) => `<${id}>`)).toBe("<7>");
    expect(read("K\x07Q.", (id) => `<${id}>`)).toBe("<7>");
  });

  it.each([
    ["a global outside the list", "cos\nsystem\nS'true'\n\x85R.", /"os\.system".*Nothing in it was run/s],
    ["the same on the stack", "\x8c\x02os\x8c\x06system\x93.", /"os\.system"/],
    ["the name of a property of objects", "c__proto__\nconstructor\n.", /"__proto__\.constructor"/],
    ["a call of what is no function", "K\x01)R.", /calls what is no function/],
    ["a call of a value", "ca\nvalue\n)R.", /calls what is no function/],
    ["a state for what has none", "]K\x01b.", /sets the state of what has none/],
    ["a persistent id that nobody knows", "K\x07Q.", /refers to what is outside/],
    ["a stack that is empty", ".", /a value is missing/],
    ["a mark that is missing", "t.", /a mark is missing/],
    ["a value that is none, but a mark", "(.", /a value is missing/],
    ["a memo that is empty", "h\x07.", /value 7 was never memoized/],
    ["no end", "K\x07", /truncated/],
    ["a length past the end", "X\xff\xff\xff\x7fabc.", /truncated: 2147483647 bytes/],
    [
      "a length that no double counts",
      "\x8e\xff\xff\xff\xff\xff\xff\xff\xff.",
      /claims a length of 18446744073709551615/,
    ],
    ["a number of a million bytes", `\x8b\x40\x42\x0f\x00${"1".repeat(1000)}.`, /a whole number of 1000000 bytes/],
    ["an unknown step", "\xff.", /0xff is no step/],
    ["the extension registry", "\x82\x01.", /extension registry/],
    ["buffers outside", "\x97.", /buffers outside/],
    ["more containers than weights have", `${"]".repeat(100_001)}.`, /more than 100000 lists/],
    ["more steps than weights take", "N0".repeat(1_000_001), /more than 2000000 steps/],
  ])("refuses %s", (_, pickle, message) => {
    expect(() => read(pickle)).toThrow(WeightsError);
    expect(() => read(pickle)).toThrow(message);
  });
});
