import { runInThisContext } from "node:vm";
import { MessageChannel } from "node:worker_threads";
import type { Tensor } from "@alexnet/core";

/*
 * A test runner such as Jest loads packages into a realm of their own, with typed arrays of their own. The engine's addon
 * makes those of the process's first realm, and its JavaScript half tells typed arrays by `instanceof`: so that half belongs
 * into the first realm, and what crosses the border is seen through a view of the other realm's kind. Nothing is copied.
 */

/** The process of the first realm; what a test runner shows in its stead is a copy. A script's result has no type. */
export const firstProcess = runInThisContext("process") as NodeJS.Process;

/** Loads a package of CommonJS as Node itself would, in the first realm. */
export function requireInFirstRealm(name: string): object {
  return firstProcess.getBuiltinModule("node:module").createRequire(import.meta.url)(name);
}

/** Puts values into arrays that the engine takes for its own. */
export interface EngineArrays {
  float32(data: Tensor["data"]): Float32Array;
  bytes(data: Uint8Array): Uint8Array;
}

export function engineArrays({ Tensor }: Pick<typeof import("onnxruntime-node"), "Tensor">): EngineArrays {
  // `constructor` is only a function to the types.
  const Floats = new Tensor("float32", [0]).data.constructor as Float32ArrayConstructor;
  const Bytes = new Tensor("uint8", [0]).data.constructor as Uint8ArrayConstructor;
  return {
    float32: (data) => (isSingle(data) ? seenAs(Floats, data) : Floats.from(data)),
    bytes: (data) => seenAs(Bytes, data),
  };
}

/** The numbers of a tensor of the engine, all of which are of float32 here. */
export function float32Of({ data }: { readonly data: unknown }): Float32Array {
  return data as Float32Array; // By its element type, not by `instanceof`: it may be of another realm.
}

/** An array of the engine as one of this realm. */
export function ownArray(data: Float32Array): Float32Array {
  return seenAs(Float32Array, data);
}

function isSingle(data: Tensor["data"]): data is Float32Array {
  return data.BYTES_PER_ELEMENT === Float32Array.BYTES_PER_ELEMENT;
}

/** A port to nobody: what is handed over to it is gone. */
const nowhere = (() => {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return port1;
})();

/**
 * Gives the memory of an array of one's own back at once. The collector, which sees the objects only and not how large the
 * memory behind them is, lets several generations of the weights stand. The array is empty afterwards.
 */
export function release({ buffer }: Float32Array): void {
  // An array of one's own is in no shared memory.
  nowhere.postMessage(undefined, [buffer as ArrayBuffer]);
}

type View<Kind> = new (buffer: ArrayBufferLike, offset: number, length: number) => Kind;

function seenAs<Kind extends Float32Array | Uint8Array>(Kind: View<Kind>, data: Kind): Kind {
  return data instanceof Kind ? data : new Kind(data.buffer, data.byteOffset, data.length);
}
