import { inflateSync } from "node:zlib";
import { DatasetError } from "@alexnet/core";
import { messageOf } from "@alexnet/core/support";

/** A value in a MAT-file: numbers or a text, or rows of named values. */
export type MatValue = readonly number[] | string | readonly Readonly<Record<string, MatValue>>[];

/** Types of data elements, and of arrays. */
const COMPRESSED = 15;
const MATRIX = 14;
const STRUCT = 2;
const CHAR = 4;

/** How numbers of each type are read, and what they take. */
const numbers: Readonly<Record<number, readonly [bytes: number, read: (view: DataView, at: number) => number]>> = {
  1: [1, (view, at) => view.getInt8(at)],
  2: [1, (view, at) => view.getUint8(at)],
  3: [2, (view, at) => view.getInt16(at, true)],
  4: [2, (view, at) => view.getUint16(at, true)],
  5: [4, (view, at) => view.getInt32(at, true)],
  6: [4, (view, at) => view.getUint32(at, true)],
  7: [4, (view, at) => view.getFloat32(at, true)],
  9: [8, (view, at) => view.getFloat64(at, true)],
};
/** Texts in UTF-8 and UTF-16. */
const UTF8 = 16;
const UTF16 = 17;

interface Element {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** So much is unpacked; the list of ImageNet's synsets takes a hundredth of it. */
const MOST_BYTES = 2 ** 28;

/**
 * The variables of a MATLAB file of level 5, little-endian: arrays of numbers, texts, and arrays of structures of these ("MAT-File
 * Format", MathWorks). Throws `DatasetError`, which names the file, for everything else.
 */
export function readMatFile(bytes: Uint8Array, path: string): Readonly<Record<string, MatValue>> {
  try {
    if (bytes[126] !== 0x49 || bytes[127] !== 0x4d) throw new Error("its header is not that of a MAT-file of level 5");
    const variables: Record<string, MatValue> = {};
    for (const element of elementsIn(bytes.subarray(128))) {
      const [matrix] = element.type === COMPRESSED ? elementsIn(unpacked(element.bytes)) : [element];
      if (matrix?.type !== MATRIX) continue;
      const [name, value] = arrayIn(matrix.bytes);
      variables[name] = value;
    }
    return variables;
  } catch (cause) {
    throw new DatasetError(`${path} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}

function unpacked(bytes: Uint8Array): Uint8Array {
  return inflateSync(bytes, { maxOutputLength: MOST_BYTES });
}

/** The data elements that follow each other. Short ones have size and content in the tag itself. */
function elementsIn(bytes: Uint8Array): readonly Element[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements: Element[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const tag = view.getUint32(at, true);
    const isShort = tag >>> 16 !== 0;
    const size = isShort ? tag >>> 16 : view.getUint32(at + 4, true);
    const start = at + (isShort ? 4 : 8);
    if (start + size > bytes.length) throw new Error(`it ends in the middle of an element of ${size} bytes`);
    elements.push({ type: isShort ? tag & 0xffff : tag, bytes: bytes.subarray(start, start + size) });
    // All but compressed ones end at a multiple of eight.
    at = isShort ? at + 8 : start + (tag === COMPRESSED ? size : Math.ceil(size / 8) * 8);
  }
  return elements;
}

function arrayIn(bytes: Uint8Array): readonly [name: string, value: MatValue] {
  const [flags, , name, ...parts] = elementsIn(bytes);
  if (!flags || !name) throw new Error("an array lacks its name");
  return [textIn(name), contentOf(flags.bytes[0]!, parts)];
}

function contentOf(kind: number, parts: readonly Element[]): MatValue {
  const [first, second, ...others] = parts;
  if (kind !== STRUCT) return !first ? [] : kind === CHAR ? textIn(first) : numbersIn(first);
  if (!first || !second) throw new Error("a structure lacks the names of its fields");
  const [length = 0] = numbersIn(first);
  if (length < 1 || second.bytes.length < length) throw new Error("a structure has no fields");
  const names = Array.from({ length: Math.floor(second.bytes.length / length) }, (_, index) =>
    textIn({ type: UTF8, bytes: second.bytes.subarray(index * length, (index + 1) * length) }).replace(/\0.*$/s, ""),
  );
  const rows: Record<string, MatValue>[] = [];
  for (let row = 0; row + names.length <= others.length; row += names.length) {
    rows.push(Object.fromEntries(names.map((name, index) => [name, arrayIn(others[row + index]!.bytes)[1]])));
  }
  return rows;
}

function numbersIn({ type, bytes }: Element): readonly number[] {
  const [size, read] = numbers[type] ?? [];
  if (!size || !read) throw new Error(`it holds numbers of type ${type}, which is none`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => read(view, index * size));
}

function textIn(element: Element): string {
  if (element.type === UTF8) return Buffer.from(element.bytes).toString("utf8");
  if (element.type === UTF16) return Buffer.from(element.bytes).toString("utf16le");
  return String.fromCodePoint(...numbersIn(element));
}
