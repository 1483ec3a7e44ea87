import { types } from "node:util";
import { DatasetError, DisposedError, hasCode } from "@alexnet/core";
import { messageOf } from "@alexnet/core/support";
import { type BatchMakerOptions, type BatchTask, batchMaker, type MadeBatch } from "./batch-maker.js";
import { workerPool } from "./worker-pool.js";

/** Makes the pixels of a batch, somewhere. */
export interface Maker {
  run(task: BatchTask): Promise<MadeBatch>;
  dispose(): Promise<void>;
}

/** On this thread, when they are asked for. */
export function inlineMaker(name: string, making: BatchMakerOptions): Maker {
  const makeBatch = batchMaker(making);
  let disposed = false;
  return {
    async run(task) {
      if (disposed) throw new DisposedError(`${name} was used after its dispose.`);
      return makeBatch(task);
    },
    async dispose() {
      disposed = true;
    },
  };
}

/** On so many threads, each of which makes a part of every batch. */
export function workerMaker(name: string, making: BatchMakerOptions, size: number): Maker {
  const { store } = making;
  const pool = workerPool<BatchTask, MadeBatch>({
    url: new URL("./batch-worker.js", import.meta.url),
    workerData: store.kind === "memory" ? { ...making, store: { ...store, pixels: shared(store.pixels) } } : making,
    size,
    owner: name,
  });
  return {
    async run({ indices, epoch }) {
      const length = Math.max(Math.ceil(indices.length / size), 1);
      const parts = Array.from({ length: Math.max(Math.ceil(indices.length / length), 1) }, (_, part) =>
        indices.slice(part * length, (part + 1) * length),
      );
      try {
        return joined(await Promise.all(parts.map((part) => pool.run({ indices: part, epoch }))));
      } catch (cause) {
        if (hasCode(cause, "DISPOSED")) throw cause;
        throw new DatasetError(`A worker of ${name} failed: ${messageOf(cause)}`, { cause });
      }
    },
    dispose: () => pool.dispose(),
  };
}

/** The parts of a batch, one after the other. */
function joined(parts: readonly MadeBatch[]): MadeBatch {
  const [first, ...others] = parts;
  if (first && others.length === 0) return first;
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let end = 0;
  for (const part of parts) {
    data.set(part.data, end);
    end += part.data.length;
  }
  return { data, bad: parts.flatMap(({ bad }) => bad) };
}

/** The same pixels in memory that threads share, copied only where they are not there yet. */
function shared(pixels: Uint8Array): Uint8Array {
  if (types.isSharedArrayBuffer(pixels.buffer)) return pixels;
  const copy = new Uint8Array(new SharedArrayBuffer(pixels.byteLength));
  copy.set(pixels);
  return copy;
}
