import { kernels as compiled } from "./resize-kernels.js";

/** The loops of `assembly/resize.ts`. Addresses are bytes in their memory. */
export interface ResizeLoops {
  widenColors: Widen;
  widenGray: Widen;
  resizeColumns(
    input: number,
    first: number,
    length: number,
    starts: number,
    counts: number,
    weights: number,
    stride: number,
    height: number,
    output: number,
  ): void;
}

type Widen = (
  input: number,
  pitch: number,
  rows: number,
  starts: number,
  counts: number,
  weights: number,
  stride: number,
  width: number,
  output: number,
) => void;

/** What of WebAssembly is used here; Node's types leave it to the browser's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: Memory } },
  ) => {
    readonly exports: unknown;
  };
  readonly Memory: new (limits: { readonly initial: number }) => Memory;
};

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const PAGE = 65_536;
/** Vectors are read and written whole, behind the end of what there is too. */
const BEHIND = 16;

/** Loops with a memory of their own. */
export interface ResizeMemory {
  readonly loops: ResizeLoops;
  /** So many bytes of each, one after the other; the addresses. What was there before may be gone. */
  room(sizes: readonly number[]): readonly number[];
  /** All of the memory, as it is until `room` is called again. */
  bytes(): Uint8Array;
}

let module: object | undefined;

/** Makes them. Whoever has them uses them for one image after the other. */
export function resizeMemory(): ResizeMemory {
  module ??= new WebAssembly.Module(Buffer.from(compiled, "base64"));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return {
    // As they were compiled.
    loops: exports as ResizeLoops,
    room(sizes) {
      let end = 0;
      const addresses = sizes.map((size) => {
        const start = end;
        end += Math.ceil((size + BEHIND) / BEHIND) * BEHIND;
        return start;
      });
      const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE);
      if (missing > 0) memory.grow(missing);
      return addresses;
    },
    bytes: () => new Uint8Array(memory.buffer),
  };
}
