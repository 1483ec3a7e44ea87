import { describe, expect, it } from "vitest";
import { philox4x32 } from "../../src/random/philox.js";

type Counter = readonly [number, number, number, number];

/** The block as hexadecimal words, the way Random123 prints it. */
function block(counter: Counter, key: readonly [number, number]): string {
  const output = new Uint32Array(4);
  philox4x32(key, counter, output);
  return Array.from(output, (word) => word.toString(16).padStart(8, "0")).join(" ");
}

describe("Philox 4x32-10", () => {
  it("gives the known answers of Random123 (kat_vectors)", () => {
    const ones = 0xffffffff;
    expect(block([0, 0, 0, 0], [0, 0])).toBe("6627e8d5 e169c58d bc57ac4c 9b00dbd8");
    expect(block([ones, ones, ones, ones], [ones, ones])).toBe("408f276d 41c83b0e a20bc7c6 6d5451fd");
    expect(block([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toBe(
      "d16cfe09 94fdcceb 5001e420 24126ea1",
    );
  });

  it("counts blocks up from the first counter word, and round past its end", () => {
    const output = new Uint32Array(12);
    philox4x32([1, 2], [0xffffffff, 5, 6, 7], output);
    const words = (start: number) =>
      Array.from(output.subarray(start, start + 4), (word) => word.toString(16).padStart(8, "0")).join(" ");
    expect(words(0)).toBe(block([0xffffffff, 5, 6, 7], [1, 2]));
    expect(words(4)).toBe(block([0, 5, 6, 7], [1, 2]));
    expect(words(8)).toBe(block([1, 5, 6, 7], [1, 2]));
  });

  it("fills as much of the last block as there is room for", () => {
    const whole = new Uint32Array(8);
    const part = new Uint32Array(6);
    philox4x32([1, 2], [0, 0, 0, 0], whole);
    philox4x32([1, 2], [0, 0, 0, 0], part);
    expect(part).toEqual(whole.subarray(0, 6));
  });
});
