import { readFile } from "node:fs/promises";
import { initialParameters, isAlexNetError, lenet5, tensor } from "@alexnet/core";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import {
  decodeCaffe,
  decodeWeights,
  encodeNpyLayers,
  encodeSafetensors,
  encodeTfjs,
  identifyWeights,
} from "../src/index.js";
import { countingAllocations } from "./allocations.js";
import { golden } from "./helpers.js";
import { damaged, FILES, randomNumbers, SEED } from "./mutations.js";

/** No file here takes a millisecond when it is whole. */
const MOST_MILLISECONDS = 2000;
/** What a reader may take, of the file and beside. */
const MOST_TIMES = 4;
const FLOOR = 2 << 20;

const read = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(golden(name)));

const encoder = new TextEncoder();
const tfjs = encodeTfjs(lenet5(), initialParameters(lenet5(), 1));
const shards = new Uint8Array(Buffer.concat(tfjs.weights));
const externals = new Map([
  ["weights.bin", shards],
  ["external.bin", await read("external.bin")],
]);
const external = (name: string) => externals.get(name);

/** Reads a file as a program would, and tells what it took and came to. It may fail, but only by an error of ours. */
function readFuzzed(bytes: Uint8Array): { readonly isRead: boolean } {
  const start = performance.now();
  const beside = bytes[0] === 0x7b || bytes[0] === 0x08 ? shards.byteLength : 0;
  const { result, bytes: allocated } = countingAllocations(() => {
    try {
      identifyWeights(decodeWeights(bytes, { external }));
      return { isRead: true };
    } catch (error) {
      if (!isAlexNetError(error)) throw error;
      expect(error.message).not.toBe("");
      return { isRead: false };
    }
  });
  expect(performance.now() - start).toBeLessThan(MOST_MILLISECONDS);
  expect(allocated).toBeLessThanOrEqual(MOST_TIMES * (bytes.byteLength + beside) + FLOOR);
  return result;
}

const kinds: Readonly<Record<string, readonly Uint8Array[]>> = {
  "PyTorch, ZIP layout": [await read("torch-zip.pth"), await read("torch-checkpoint.pth")],
  "PyTorch, older layout": [await read("torch-legacy.pth")],
  "NumPy archives": [await read("numpy.npz"), await read("numpy-compressed.npz")],
  "NumPy layers": [await read("layers-listed.npy"), await read("layers-named.npy"), await read("layers-python2.npy")],
  ONNX: [
    await read("zoo.onnx"),
    await read("matmul.onnx"),
    await read("external.onnx"),
    await read("torch-train.onnx"),
  ],
  Caffe: [await read("small.caffemodel"), await read("small-v1.caffemodel")],
  "TensorFlow.js": [encoder.encode(tfjs.json)],
  safetensors: [await read("float.safetensors"), await read("half.safetensors")],
};

describe(`${FILES} damaged files`, () => {
  it.each(Object.entries(kinds))(
    "of %s are read or refused, each in time and within its memory",
    (_, files) => {
      const random = randomNumbers(SEED);
      let count = 0;
      for (let index = 0; index < FILES; index++) {
        const bytes = damaged(files[index % files.length]!, random);
        try {
          if (readFuzzed(bytes).isRead) count++;
        } catch (cause) {
          throw new Error(
            `File ${index} of seed ${SEED} failed: ${Buffer.from(bytes).toString("base64").slice(0, 4000)}`,
            { cause },
          );
        }
      }
      // Files that were hurt in a weight or a name are still read: damage does reach what is behind the headers.
      expect(count).toBeGreaterThan(FILES / 100);
      expect(count).toBeLessThan(FILES);
    },
    600_000,
  );

  it("of prototxt are read or refused", async () => {
    const [model, text] = [await read("small.caffemodel"), await read("small.prototxt")];
    const random = randomNumbers(SEED);
    for (let index = 0; index < FILES; index++) {
      const prototxt = new TextDecoder().decode(damaged(text, random));
      try {
        decodeCaffe(model, { prototxt });
      } catch (error) {
        if (!isAlexNetError(error)) throw error;
      }
    }
  }, 600_000);
});

describe("a file that is made to", () => {
  const repeated = (text: string, count: number): Uint8Array => encoder.encode(text.repeat(count));
  const pickled = (pickle: string): Uint8Array =>
    zipSync({ "a/data.pkl": [Uint8Array.from(pickle, (character) => character.charCodeAt(0)), { level: 0 }] });
  const npy = (header: string, data: Uint8Array): Uint8Array => {
    const text = encoder.encode(header);
    const start = Uint8Array.of(0x93, ...encoder.encode("NUMPY"), 1, 0, text.length & 255, text.length >> 8);
    return new Uint8Array(Buffer.concat([start, text, data]));
  };
  const storage = "((Vstorage\nctorch\nFloatStorage\nV0\nVcpu\nI4\nttQ";
  const sharing = (shape: string, strides: string): Uint8Array =>
    zipSync({
      "a/data.pkl": [
        encoder.encode(`}(Vx\nctorch._utils\n_rebuild_tensor_v2\n(${storage.slice(1)}I0\n${shape}${strides}I00\n}tRu.`),
        { level: 0 },
      ],
      "a/data/0": [new Uint8Array(16), { level: 0 }],
    });

  it.each<[string, Uint8Array]>([
    ["nest lists deeply", pickled(`${"(".repeat(50_000)}${"l".repeat(50_000)}.`)],
    ["nest tuples in each other a million times", pickled(`N${"\x85".repeat(1_000_000)}.`)],
    ["nest dicts in each other", pickled(`}${"q\x00(Va\nh\x00u".repeat(20_000)}.`)],
    [
      "have a dict hold itself many times",
      pickled(`}q\x00(${Array.from({ length: 200 }, (_, i) => `V${i}\nh\x00`).join("")}u.`),
    ],
    ["double a list again and again", pickled(`]q\x00${"(h\x00h\x00lq\x00".repeat(5_000)}.`)],
    ["nest JSON deeply", encoder.encode(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}      `)],
    [
      "nest layers of a prototype",
      encoder.encode(
        '{"modelTopology": {"__proto__": {"config": []}}, "weightsManifest": [{"paths": ["__proto__"], "weights": []}]}',
      ),
    ],
    ["nest messages deeply", Uint8Array.from({ length: 100_000 }, (_, index) => (index % 2 ? 0x7f : 0x12))],
    ["be a group without an end", new Uint8Array(100_000).fill(0x0b)],
    ["inflate", zipSync({ "a/data.pkl": [new Uint8Array(50_000_000), { level: 9 }] })],
    [
      "inflate as an array",
      zipSync({
        "a.npy": [
          npy("{'descr': '<f4', 'fortran_order': False, 'shape': (10000000,), }", new Uint8Array(40_000_000)),
          { level: 9 },
        ],
      }),
    ],
    ["have a tensor larger than its storage", sharing("(I1000000\nI1000000\nt", "(I0\nI0\nt")],
    ["have a tensor of four billion elements in one", sharing("(I65536\nI65536\nt", "(I0\nI0\nt")],
    ["have extents whose product is none", sharing("(I9007199254740991\nI9007199254740991\nt", "(I1\nI1\nt")],
    ["have a negative stride", sharing("(I2\nt", "(I-1\nt")],
    ["have a shape of a million axes", sharing(`(${"I1\n".repeat(1000)}t`, `(${"I1\n".repeat(1000)}t`)],
    [
      "have layers of a .npy overlap",
      Buffer.concat(encodeNpyLayers({ "a/weights": tensor([1], [1]) })).subarray(0, 200),
    ],
    ["be all zeros", new Uint8Array(1_000_000)],
    ["be all ones", new Uint8Array(1_000_000).fill(255)],
    ["be text", repeated("safe", 100_000)],
  ])("%s is refused, or read within its memory", (_, bytes) => {
    expect(readFuzzed(bytes)).toBeDefined();
  });

  it("have names that JavaScript's objects treat specially is read with them, and changes no object", () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
    const tensors = Object.fromEntries(names.map((name) => [name, tensor([1], [7])]));
    const { parameters } = identifyWeights(decodeWeights(Buffer.concat(encodeSafetensors(tensors))));
    expect(Object.keys(parameters)).toEqual(names);
    expect(Object.hasOwn(Object.prototype, "shape")).toBe(false);
    expect("shape" in {}).toBe(false);
  });
});
