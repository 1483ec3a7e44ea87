import { readFile } from "node:fs/promises";
import { type TensorMap, tensor, WeightsError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../src/index.js";
import { golden } from "./helpers.js";

describe("a file written by Python's safetensors", () => {
  it("is read with its shapes, values and metadata", async () => {
    const { tensors, metadata } = decodeSafetensors(await readFile(golden("float.safetensors")));
    expect(metadata).toEqual({ format: "np" });
    expect(tensors["conv1.weight"]).toEqual(
      tensor(
        [2, 3, 2, 2],
        Array.from({ length: 24 }, (_, index) => index / 8),
      ),
    );
    expect(tensors["conv1.bias"]).toEqual(tensor([3], [0.5, -1.5, 3.25]));
    expect(tensors.empty).toEqual(tensor([0, 4], []));
    expect(tensors.größe).toEqual(tensor([1, 2], [1e-45, 3.4e38]));
    expect(tensors.scalar).toEqual(tensor([], Float64Array.of(0.1)));
    expect(tensors.wide).toEqual(tensor([2], Float64Array.of(1e300, -2.5)));
  });

  it("comes out byte for byte when its tensors are encoded again", async () => {
    const written = await readFile(golden("float.safetensors"));
    const { tensors, metadata } = decodeSafetensors(written);
    expect(Buffer.concat(encodeSafetensors(tensors, metadata)).equals(written)).toBe(true);
  });

  it("has its float16 and bfloat16 values widened exactly", async () => {
    const { tensors } = decodeSafetensors(await readFile(golden("half.safetensors")));
    const widened = JSON.parse(await readFile(golden("half.json"), "utf8")) as Record<string, (number | string)[]>;
    expect(tensors.float16?.shape).toEqual([3, 4]);
    for (const name of ["float16", "bfloat16"]) {
      expect(tensors[name]?.data).toEqual(Float32Array.from(widened[name] ?? [], Number));
    }
  });
});

describe("encodeSafetensors", () => {
  const tensors: TensorMap = { bias: tensor([3], [1, 2, 3]), wide: tensor([2], Float64Array.of(4, 5)) };

  it("writes views on the tensors, not copies", () => {
    const [, ...chunks] = encodeSafetensors(tensors);
    expect(chunks[0]?.buffer).toBe(tensors.wide?.data.buffer);
    expect(chunks[1]?.buffer).toBe(tensors.bias?.data.buffer);
  });

  it("pads the header so that the data start at a multiple of 8 bytes", () => {
    for (const name of ["a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh"]) {
      expect((encodeSafetensors({ [name]: tensor([1], [1]) })[0] as Uint8Array).byteLength % 8).toBe(0);
    }
  });

  it("encodes only the part of a buffer that a tensor views", () => {
    const part = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
    const { tensors: decoded } = decodeSafetensors(Buffer.concat(encodeSafetensors({ part: tensor([2], part) })));
    expect(decoded.part?.data).toEqual(Float32Array.of(1, 2));
  });

  it("keeps names that JavaScript objects treat specially", () => {
    const special: TensorMap = Object.fromEntries([
      ["__proto__", tensor([1], [1])],
      ["7", tensor([1], [2])],
      ['quote " and \\', tensor([1], [3])],
    ]);
    const { tensors: decoded } = decodeSafetensors(Buffer.concat(encodeSafetensors(special)));
    expect(Object.entries(decoded)).toEqual(Object.entries(special));
  });

  it.each([
    ["the reserved name", { __metadata__: tensor([1], [1]) }, /cannot be called "__metadata__"/],
    [
      "data that do not fit the shape",
      { a: { shape: [2, 2], data: new Float32Array(3) } },
      /"a" of shape \[2, 2\] holds 4/,
    ],
    ["other element types", { a: { shape: [1], data: new Int32Array(1) } }, /"a" must hold float32 or float64/],
  ])("refuses %s", (_, refused, message) => {
    expect(() => encodeSafetensors(refused as unknown as TensorMap)).toThrow(WeightsError);
    expect(() => encodeSafetensors(refused as unknown as TensorMap)).toThrow(message);
  });

  it("refuses metadata that are not strings", () => {
    expect(() => encodeSafetensors(tensors, { epoch: 3 } as unknown as Record<string, string>)).toThrow(
      /"epoch" must be a string/,
    );
  });
});

describe("decodeSafetensors", () => {
  it("views aligned data in place", () => {
    const bytes = file({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8] } }, 8);
    expect(decodeSafetensors(bytes).tensors.a?.data.buffer).toBe(bytes.buffer);
  });

  it("copies data that start between two elements", () => {
    const whole = Buffer.concat(encodeSafetensors({ a: tensor([2], [1.5, -2]) }));
    const bytes = new Uint8Array(1 + whole.byteLength).subarray(1);
    bytes.set(whole);
    expect(decodeSafetensors(bytes).tensors.a?.data).toEqual(Float32Array.of(1.5, -2));
  });

  it("reads a file without tensors", () => {
    expect(decodeSafetensors(file({}, 0))).toEqual({ tensors: {}, types: {}, skipped: {}, metadata: {} });
  });

  const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
    dtype: "F32",
    shape,
    data_offsets: [begin, end],
  });

  it.each([
    ["an empty file", new Uint8Array(0), /8-byte header length; got 0 bytes/],
    ["an absurd header length", withHeaderLength(2n ** 63n), /claims 9223372036854775808 bytes/],
    ["a header over 100 MB", withHeaderLength(100_000_001n), /claims 100000001 bytes, more than the 100000000/],
    ["a truncated header", withHeaderLength(1000n), /claims 1000 bytes, but only 8 follow/],
    ["a header that is not JSON", file("{nope", 0), /not JSON/],
    ["a header that is not UTF-8", file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), 0), /not JSON in UTF-8/],
    ["a byte order mark", file("\ufeff{}", 0), /not JSON/],
    ["a header that is a list", file("[]", 0), /must be a JSON object/],
    ["a tensor that is no object", file({ a: 7 }, 0), /"a" must have a dtype/],
    ["an unknown dtype", file({ a: { ...f32(0, 4), dtype: "Q4" } }, 4), /"a" has dtype "Q4"; this reader takes F64/],
    ["a missing dtype", file({ a: { shape: [], data_offsets: [0, 4] } }, 4), /"a" has dtype undefined/],
    ["a negative extent", file({ a: f32(0, 4, [-1]) }, 4), /shape of non-negative whole numbers; got \[-1\]/],
    ["a fractional extent", file({ a: f32(0, 4, [1.5]) }, 4), /shape of non-negative whole numbers/],
    [
      "a shape nested deeper than a stack is",
      file(`{"a":{"dtype":"F32","shape":${"[".repeat(100_000)}${"]".repeat(100_000)},"data_offsets":[0,4]}}`, 4),
      /"a" must have a shape of non-negative whole numbers; got an Array/,
    ],
    ["offsets that are not a pair", file({ a: { ...f32(0, 4), data_offsets: [0] } }, 4), /data_offsets \[begin, end\]/],
    ["negative offsets", file({ a: { ...f32(0, 4), data_offsets: [-4, 0] } }, 4), /data_offsets \[begin, end\]/],
    ["reversed offsets", file({ a: { ...f32(0, 4), data_offsets: [4, 0] } }, 4), /takes 4 bytes, but .* span -4/],
    ["a shape larger than its bytes", file({ a: f32(0, 4, [2]) }, 4), /F32 \[2\] takes 8 bytes, but .* span 4/],
    ["a shape past all numbers", file({ a: f32(0, 4, [2 ** 52, 2 ** 52]) }, 4), /"a" of F32 .* span 4/],
    ["overlapping tensors", file({ a: f32(0, 8), b: f32(4, 12) }, 12), /"b" at byte 4 overlaps .* at byte 8/],
    ["a tensor given to two names", file({ a: f32(0, 8), b: f32(0, 8) }, 8), /"b" at byte 0 overlaps/],
    ["a hole between tensors", file({ a: f32(0, 4), b: f32(8, 12) }, 12), /"b" at byte 8 leaves a hole .* at byte 4/],
    ["a hole at the start", file({ a: f32(4, 8) }, 8), /"a" at byte 4 leaves a hole/],
    ["bytes past the last tensor", file({ a: f32(0, 4) }, 7), /7 bytes of data, of which no tensor claims the last 3/],
    ["truncated data", file({ a: f32(0, 8) }, 5), /"a" ends at byte 8, but the file holds 5 bytes/],
    [
      "metadata that are not strings",
      file({ __metadata__: { epoch: 3 } }, 0),
      /__metadata__ must map names to strings/,
    ],
    [
      "a tensor given twice",
      file(`{"a":${JSON.stringify(f32(0, 4))},"\\u0061":${JSON.stringify(f32(0, 4))}}`, 4),
      /holds "a" twice/,
    ],
    [
      "a field given twice",
      file('{"a":{"dtype":"F32","shape":[],"shape":[1],"data_offsets":[0,4]}}', 4),
      /"shape" twice/,
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(WeightsError);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });

  it("does not take equal names in different objects, or equal strings in values, for duplicates", () => {
    const metadata = { a: "a", b: 'x","a":"{', dtype: "a" };
    const bytes = file({ __metadata__: metadata, a: f32(0, 4), b: f32(4, 8) }, 8);
    expect(Object.keys(decodeSafetensors(bytes).tensors)).toEqual(["a", "b"]);
    expect(decodeSafetensors(bytes).metadata).toEqual(metadata);
  });

  it("reads or refuses a header with any byte changed, and fails in no other way", async () => {
    const whole = await readFile(golden("float.safetensors"));
    let refused = 0;
    for (let position = 0; position < whole.byteLength - 140; position++) {
      for (const value of [0x00, 0x22, 0x2c, 0x39, 0x7d, 0xff]) {
        const changed = Uint8Array.from(whole);
        changed[position] = value;
        try {
          decodeSafetensors(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(WeightsError);
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });

  it("refuses every file cut short", async () => {
    const whole = await readFile(golden("float.safetensors"));
    for (let length = 0; length < whole.byteLength; length++) {
      expect(() => decodeSafetensors(whole.subarray(0, length))).toThrow(WeightsError);
    }
  });
});

/** A file with this header, padded to 8 bytes, and so many bytes of zeros as data. */
function file(header: object | string | Uint8Array, dataBytes: number): Uint8Array {
  const json =
    header instanceof Uint8Array
      ? header
      : new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const headerBytes = Math.ceil(json.byteLength / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, 8, 8 + headerBytes);
  bytes.set(json, 8);
  return bytes;
}

function withHeaderLength(length: bigint): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(0, length, true);
  return bytes;
}

describe("tensors that no parameter can be", () => {
  const file = (type: string, bytes: number): Uint8Array => {
    const weights = Buffer.concat(encodeSafetensors({ weight: tensor([2], [1, 2]) }));
    const length = Number(new DataView(weights.buffer, weights.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(weights.subarray(8, 8 + length).toString());
    header.steps = { dtype: type, shape: [3], data_offsets: [8, 8 + bytes] };
    const text = Buffer.from(JSON.stringify(header));
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([start, text, weights.subarray(8 + length), Buffer.alloc(bytes)]);
  };

  it.each([
    ["I64", 24],
    ["U64", 24],
    ["I32", 12],
    ["U32", 12],
    ["I16", 6],
    ["U16", 6],
    ["I8", 3],
    ["U8", 3],
    ["BOOL", 3],
    ["F8_E4M3", 3],
    ["F8_E5M2", 3],
  ])("of type %s are left out, and named", (type, bytes) => {
    const { tensors, skipped } = decodeSafetensors(file(type, bytes));
    expect(tensors).toEqual({ weight: tensor([2], [1, 2]) });
    expect(skipped).toEqual({ steps: type });
  });

  it("must take as many bytes as they say all the same", () => {
    expect(() => decodeSafetensors(file("I64", 16))).toThrow('"steps" of I64 [3] takes 24 bytes');
    expect(() => decodeSafetensors(file("Q9", 16))).toThrow('has dtype "Q9"; this reader takes F64');
  });
});
