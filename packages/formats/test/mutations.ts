/** How many damaged files of each kind a test reads, and the seed that decides the damage; `node scripts/fuzz.mjs` asks for more. */
export const FILES = Number(process.env.ALEXNET_FUZZ_FILES ?? 2000);
export const SEED = Number(process.env.ALEXNET_FUZZ_SEED ?? 1);

/** Numbers that look random and are the same every time (mulberry32). */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Random = ReturnType<typeof randomNumbers>;

/** Numbers that lengths, counts and offsets should not be. */
const absurd = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Ways to damage a file; each returns a new one. */
const damages: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  // A bit, a byte, a run of bytes.
  (bytes, random) =>
    edited(bytes, (copy) => {
      const at = random(copy.length);
      copy[at] = copy[at]! ^ (1 << random(8));
    }),
  (bytes, random) =>
    edited(bytes, (copy) => {
      copy[random(copy.length)] = random(256);
    }),
  (bytes, random) =>
    edited(bytes, (copy) => {
      const start = random(copy.length);
      copy.fill(random(256), start, start + random(64));
    }),
  // A length of four or of eight bytes.
  (bytes, random) =>
    edited(bytes, (copy) => {
      const view = new DataView(copy.buffer);
      if (copy.length >= 4) view.setUint32(random(copy.length - 3), absurd[random(absurd.length)]!, random(2) === 0);
    }),
  (bytes, random) =>
    edited(bytes, (copy) => {
      const view = new DataView(copy.buffer);
      if (copy.length < 8) return;
      const at = random(copy.length - 7);
      view.setUint32(at, absurd[random(absurd.length)]!, true);
      view.setUint32(at + 4, random(2) * 0xffffffff, true);
    }),
  // The end, a part in the middle, a part twice.
  (bytes, random) => bytes.slice(0, random(bytes.length)),
  (bytes, random) => {
    const start = random(bytes.length);
    return joined(bytes.subarray(0, start), bytes.subarray(start + random(64)));
  },
  (bytes, random) => {
    const start = random(bytes.length);
    const part = bytes.subarray(start, start + random(256));
    return joined(bytes.subarray(0, start), part, bytes.subarray(start));
  },
  // Digits in text, such as shapes and counts.
  (bytes, random) =>
    edited(bytes, (copy) => {
      const digits = [...copy.keys()].filter((at) => copy[at]! >= 0x30 && copy[at]! <= 0x39);
      for (let count = random(8); count >= 0 && digits.length > 0; count--) {
        copy[digits[random(digits.length)]!] = 0x30 + random(10);
      }
    }),
];

/** A file that was damaged once or several times. */
export function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  let current = bytes;
  for (let count = random(4); count >= 0 && current.length > 0; count--) {
    current = damages[random(damages.length)]!(current, random);
  }
  return current;
}

function edited(bytes: Uint8Array, edit: (copy: Uint8Array) => void): Uint8Array {
  const copy = new Uint8Array(bytes);
  edit(copy);
  return copy;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
