import { readFile } from "node:fs/promises";
import { tensor, WeightsError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { decodeNpy, decodeNpyLayers, decodeNpz, encodeNpy, encodeNpyLayers, encodeNpz } from "../src/index.js";
import { golden } from "./helpers.js";

const filters = tensor(
  [2, 3, 2, 2],
  Array.from({ length: 24 }, (_, index) => index / 8),
);
const read = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(golden(name)));

describe.each(["numpy.npz", "numpy-compressed.npz"])("%s, written by NumPy", (name) => {
  it("has its arrays, whatever their order and type", async () => {
    const { tensors, skipped } = decodeNpz(await read(name));
    for (const key of ["conv1.weight", "fortran", "big_endian"]) expect(tensors[key]).toEqual(filters);
    expect(tensors.half).toEqual(tensor([4], [0, -1.5, 65504, 2 ** -24]));
    expect(tensors.wide).toEqual(tensor([2], Float64Array.of(1e300, -2.5)));
    expect(tensors.scalar).toEqual(tensor([], [0.5]));
    expect(tensors.empty).toEqual(tensor([0, 4], []));
    expect(skipped).toEqual({ steps: "int64" });
  });

  it("is refused wherever it is cut off", async () => {
    const bytes = await read(name);
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => decodeNpz(bytes.slice(0, length))).toThrow(WeightsError);
    }
  });
});

describe("encodeNpz", () => {
  it("writes what is read again, and the same bytes each time", () => {
    const tensors = { "conv1.weight": filters, größe: tensor([], [1]), __proto__x: tensor([1], Float64Array.of(2)) };
    const bytes = Buffer.concat(encodeNpz(tensors));
    expect(decodeNpz(bytes).tensors).toEqual(tensors);
    expect(Buffer.concat(encodeNpz(tensors)).equals(bytes)).toBe(true);
  });

  it("keeps a name that JavaScript's objects treat specially", () => {
    const tensors = Object.fromEntries([["__proto__", tensor([1], [1])]]);
    expect(Object.entries(decodeNpz(Buffer.concat(encodeNpz(tensors))).tensors)).toEqual(Object.entries(tensors));
  });
});

describe("decodeNpy", () => {
  it("reads what encodeNpy writes", () => {
    for (const written of [filters, tensor([], [1]), tensor([3], [1, 2, 3])]) {
      expect(decodeNpy(Buffer.concat(encodeNpy(written)))).toEqual(written);
    }
  });

  it.each([
    ["another file", "hello, hello", /no \.npy file/],
    ["a header without a shape", npy("{'descr': '<f4', 'fortran_order': False}"), /type, order and shape/],
    [
      "a structured type",
      npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}"),
      /type, order and shape/,
    ],
    [
      "a shape that the bytes do not fill",
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}"),
      /takes 8 bytes, and 0/,
    ],
    [
      "an absurd shape",
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}"),
      /claims the shape/,
    ],
    ["whole numbers", npy("{'descr': '<i4', 'fortran_order': False, 'shape': (0,)}"), /of type int32/],
    ["a type that NumPy does not have", npy("{'descr': '<x4', 'fortran_order': False, 'shape': (0,)}"), /of type <x4/],
    ["Python objects", npy("{'descr': '|O', 'fortran_order': False, 'shape': ()}"), /Python objects/],
  ])("refuses %s", (_, text, message) => {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    expect(() => decodeNpy(bytes)).toThrow(WeightsError);
    expect(() => decodeNpy(bytes)).toThrow(message);
  });
});

describe("decodeNpyLayers", () => {
  it.each(["layers-listed.npy", "layers-named.npy"])("reads %s", async (name) => {
    const { tensors } = decodeNpyLayers(await read(name));
    expect(Object.keys(tensors)).toEqual(["conv1/weights", "conv1/biases", "fc2/weights", "fc2/biases"]);
    expect(tensors["conv1/weights"]).toEqual(filters);
    expect(tensors["fc2/biases"]).toEqual(tensor([2], [0.5, -1.5]));
  });

  it("reads one that Python 2 pickled", async () => {
    const { tensors } = decodeNpyLayers(await read("layers-python2.npy"));
    expect(tensors["conv1/weights"]).toEqual(filters);
    expect(tensors["fc2/weights"]).toEqual(
      tensor(
        [2, 48],
        Array.from({ length: 96 }, (_, index) => index),
      ),
    );
  });

  it("reads what encodeNpyLayers writes", () => {
    const tensors = {
      "conv1/weights": filters,
      "conv1/biases": tensor([3], [1, 2, 3]),
      "größe/weights": tensor([], [1]),
    };
    expect(decodeNpyLayers(Buffer.concat(encodeNpyLayers(tensors))).tensors).toEqual(tensors);
    expect(() => encodeNpyLayers({ "conv1.weight": filters })).toThrow(/"conv1\.weight" is not the weights/);
    expect(() => encodeNpyLayers({ "conv1/biases": filters })).toThrow(/"conv1\/biases" is not the weights/);
  });

  it("refuses one array", () => {
    expect(() => decodeNpyLayers(Buffer.concat(encodeNpy(filters)))).toThrow(/one array, not weights by layer/);
  });
});

/** The bytes of a `.npy` file without values, a character each. */
function npy(header: string): string {
  return `\x93NUMPY\x01\x00${String.fromCharCode(header.length & 255, header.length >> 8)}${header}`;
}
