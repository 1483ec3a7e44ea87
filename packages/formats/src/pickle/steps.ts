import type { Machine, Step } from "./machine.js";

/** Whole numbers of more bytes are refused: they take long to read, and no weights have any. */
const MOST_INTEGER_BYTES = 256;

/** Data stands in such a string in protocol 0 only, which no format of weights uses. */
const MOST_QUOTED_BYTES = 1 << 16;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
const lineOf = ({ reader }: Machine): string => utf8.decode(reader.line());

/** Little-endian two's complement of any length. */
function integerOf(machine: Machine, length: number): number | bigint {
  if (length > MOST_INTEGER_BYTES) throw machine.fault(`a whole number of ${length} bytes`);
  const bytes = machine.reader.take(length);
  const unsigned = bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);
  return narrowed(BigInt.asIntN(8 * length, unsigned));
}

function narrowed(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function integerOfText(machine: Machine, text: string): number | bigint {
  if (!/^[+-]?\d+$/.test(text) || text.length > MOST_INTEGER_BYTES) throw machine.fault("a whole number is expected");
  return narrowed(BigInt(text));
}

/** The value of a quoted string of protocol 0, with Python's escapes. */
function unquoted(machine: Machine, text: string): string {
  const [, quote, body] = /^(['"])(.*)\1$/s.exec(text) ?? [];
  if (quote === undefined || body === undefined) throw machine.fault("a string in quotes is expected");
  const named: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\n": "" };
  return body.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/gs, (_, hex?: string, single = "") =>
    hex === undefined ? (named[single] ?? single) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Puts key after value after key into the dict that is topmost. */
function setItems(machine: Machine, items: readonly unknown[]): void {
  const dict = machine.top();
  if (!(dict instanceof Map) || items.length % 2 !== 0) throw machine.fault("a dict with keys and values is expected");
  for (let index = 0; index < items.length; index += 2) dict.set(items[index], items[index + 1]);
}

function append(machine: Machine, items: readonly unknown[]): void {
  const list = machine.top();
  if (!Array.isArray(list)) throw machine.fault("a list is expected");
  for (const item of items) list.push(item);
}

function dictOf(machine: Machine, items: readonly unknown[]): void {
  machine.push(machine.contain(new Map()));
  setItems(machine, items);
}

function tupleOf(count: number): Step {
  return (machine) => {
    const values = Array.from({ length: count }, () => machine.pop()).reverse();
    machine.push(machine.contain(values));
  };
}

const value =
  (read: (machine: Machine) => unknown): Step =>
  (machine) =>
    machine.push(read(machine));

const unsupported =
  (what: string): Step =>
  (machine) => {
    throw machine.fault(what);
  };

const noExtensions = unsupported("it uses the extension registry, of which this reader has none");
const noBuffers = unsupported("it uses buffers outside of the file");

/** What each opcode does, by its code, but for the one that ends a pickle. The names are those of Python's pickle.py. */
export const steps: ReadonlyMap<number, Step> = new Map<number, Step>(
  Object.entries({
    // MARK, POP, POP_MARK, DUP
    "(": (machine) => machine.pushMark(),
    "0": (machine) => void machine.pop(),
    "1": (machine) => void machine.popToMark(),
    "2": value((machine) => machine.top()),
    // FLOAT, INT, LONG
    F: value((machine) => {
      const text = lineOf(machine);
      const special: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, "-inf": -Infinity };
      const number = special[text] ?? Number(text);
      if (Number.isNaN(number) && text !== "nan") throw machine.fault("a number is expected");
      return number;
    }),
    I: value((machine) => {
      const text = lineOf(machine).trim();
      return text === "00" ? false : text === "01" ? true : integerOfText(machine, text);
    }),
    L: value((machine) => integerOfText(machine, lineOf(machine).replace(/L$/, ""))),
    // BININT, BININT1, BININT2, LONG1, LONG4, BINFLOAT
    J: value(({ reader }) => reader.i32()),
    K: value(({ reader }) => reader.u8()),
    M: value(({ reader }) => reader.u16()),
    "\x8a": value((machine) => integerOf(machine, machine.reader.u8())),
    "\x8b": value((machine) => integerOf(machine, machine.reader.u32())),
    G: value(({ reader }) => {
      const bytes = reader.take(8);
      return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, false);
    }),
    // NONE, NEWTRUE, NEWFALSE
    N: value(() => null),
    "\x88": value(() => true),
    "\x89": value(() => false),
    // STRING, SHORT_BINSTRING, BINSTRING: Python 2's, text where short, data where long
    S: value((machine) => {
      const line = machine.reader.line();
      if (line.byteLength > MOST_QUOTED_BYTES) throw machine.fault(`a quoted string of ${line.byteLength} bytes`);
      return unquoted(machine, latin1(line));
    }),
    U: value(({ reader }) => latin1(reader.take(reader.u8()))),
    T: value(({ reader }) => {
      const length = reader.u32();
      return length > 255 ? reader.take(length) : latin1(reader.take(length));
    }),
    // UNICODE, BINUNICODE, SHORT_BINUNICODE, BINUNICODE8
    V: value((machine) =>
      lineOf(machine).replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g, (_, short?: string, long?: string) => {
        const code = Number.parseInt(short ?? long ?? "", 16);
        if (code > 0x10ffff) throw machine.fault("a character that Unicode does not have");
        return String.fromCodePoint(code);
      }),
    ),
    X: value(({ reader }) => utf8.decode(reader.take(reader.u32()))),
    "\x8c": value(({ reader }) => utf8.decode(reader.take(reader.u8()))),
    "\x8d": value(({ reader }) => utf8.decode(reader.take(reader.u64()))),
    // BINBYTES, SHORT_BINBYTES, BINBYTES8, BYTEARRAY8
    B: value(({ reader }) => reader.take(reader.u32())),
    C: value(({ reader }) => reader.take(reader.u8())),
    "\x8e": value(({ reader }) => reader.take(reader.u64())),
    "\x96": value(({ reader }) => reader.take(reader.u64())),
    // EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3
    ")": tupleOf(0),
    t: value((machine) => machine.contain(machine.popToMark())),
    "\x85": tupleOf(1),
    "\x86": tupleOf(2),
    "\x87": tupleOf(3),
    // EMPTY_LIST, LIST, APPEND, APPENDS
    "]": value((machine) => machine.contain([])),
    l: value((machine) => machine.contain(machine.popToMark())),
    a(machine) {
      const item = machine.pop();
      append(machine, [item]);
    },
    e: (machine) => append(machine, machine.popToMark()),
    // EMPTY_DICT, DICT, SETITEM, SETITEMS
    "}": (machine) => dictOf(machine, []),
    d: (machine) => dictOf(machine, machine.popToMark()),
    s(machine) {
      const item = machine.pop();
      const key = machine.pop();
      setItems(machine, [key, item]);
    },
    u: (machine) => setItems(machine, machine.popToMark()),
    // EMPTY_SET, ADDITEMS, FROZENSET
    "\x8f": value((machine) => machine.contain(new Set())),
    "\x90"(machine) {
      const items = machine.popToMark();
      const set = machine.top();
      if (!(set instanceof Set)) throw machine.fault("a set is expected");
      for (const item of items) set.add(item);
    },
    "\x91": value((machine) => machine.contain(new Set(machine.popToMark()))),
    // PUT, BINPUT, LONG_BINPUT, MEMOIZE, GET, BINGET, LONG_BINGET
    p: (machine) => machine.memoize(Number(lineOf(machine)), machine.top()),
    q: (machine) => machine.memoize(machine.reader.u8(), machine.top()),
    r: (machine) => machine.memoize(machine.reader.u32(), machine.top()),
    "\x94": (machine) => machine.memoize(machine.memoized, machine.top()),
    g: value((machine) => machine.recall(Number(lineOf(machine)))),
    h: value((machine) => machine.recall(machine.reader.u8())),
    j: value((machine) => machine.recall(machine.reader.u32())),
    // GLOBAL, STACK_GLOBAL
    c: value((machine) => machine.global(lineOf(machine), lineOf(machine))),
    "\x93": value((machine) => {
      const name = String(machine.pop());
      return machine.global(String(machine.pop()), name);
    }),
    // REDUCE, NEWOBJ, NEWOBJ_EX, INST, OBJ, BUILD
    R: value((machine) => {
      const args = machine.pop();
      return machine.call(machine.pop(), args);
    }),
    "\x81": value((machine) => {
      const args = machine.pop();
      return machine.call(machine.pop(), args);
    }),
    "\x92": value((machine) => {
      machine.pop();
      const args = machine.pop();
      return machine.call(machine.pop(), args);
    }),
    i: value((machine) => {
      const callee = machine.global(lineOf(machine), lineOf(machine));
      return machine.call(callee, machine.popToMark());
    }),
    o: value((machine) => {
      const [callee, ...args] = machine.popToMark();
      return machine.call(callee, args);
    }),
    b(machine) {
      const state = machine.pop();
      machine.setState(machine.top(), state);
    },
    // PERSID, BINPERSID
    P: value((machine) => machine.persistent(lineOf(machine))),
    Q: value((machine) => machine.persistent(machine.pop())),
    // PROTO and FRAME say nothing that is needed.
    "\x80": ({ reader }) => void reader.u8(),
    "\x95": ({ reader }) => void reader.u64(),
    "\x82": noExtensions,
    "\x83": noExtensions,
    "\x84": noExtensions,
    "\x97": noBuffers,
    "\x98": noBuffers,
  } satisfies Record<string, Step>).map(([character, step]) => [character.charCodeAt(0), step] as const),
);
