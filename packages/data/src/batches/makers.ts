import { types } from "node:util";
import { DatasetError, DisposedError, hasCode } from "@alexnet/core";
import { messageOf } from "@alexnet/core/support";
import { viewCounts } from "../pixels/views.js";
import { sharedCopy } from "../shared-copy.js";
import { type BatchMakerOptions, type BatchTask, batchMaker, floats, type MadeBatch } from "./batch-maker.js";
import { workerPool } from "./worker-pool.js";

/** A batch, and the way to give its memory back. */
export interface LentBatch extends MadeBatch {
  release(): void;
}

/** Makes the pixels of a batch, somewhere. */
export interface Maker {
  run(task: Omit<BatchTask, "spare">): Promise<LentBatch>;
  dispose(): Promise<void>;
}

/** Memory that batches gave back. */
interface Spares {
  take(): ArrayBuffer | undefined;
  /** A batch whose memory comes back when it is released, once. */
  lend(batch: MadeBatch): LentBatch;
}

/** More than are in use at a time is not kept. */
const MOST_SPARES = 4;

function spares(): Spares {
  const kept: ArrayBuffer[] = [];
  return {
    take: () => kept.pop(),
    lend(batch) {
      const { buffer } = batch.data;
      let isLent = true;
      return {
        ...batch,
        release() {
          if (isLent && buffer instanceof ArrayBuffer && kept.length < MOST_SPARES) kept.push(buffer);
          isLent = false;
        },
      };
    },
  };
}

/** On this thread, when they are asked for. */
export function inlineMaker(name: string, making: BatchMakerOptions): Maker {
  const { make, close } = batchMaker(making);
  const memory = spares();
  let disposed = false;
  return {
    async run(task) {
      if (disposed) throw new DisposedError(`${name} was used after its dispose.`);
      return memory.lend(await make({ ...task, spare: memory.take() }));
    },
    async dispose() {
      disposed = true;
      await close();
    },
  };
}

/**
 * On so many threads, each of which makes a part of every batch: an even one, or where `together` is there those examples whose number it
 * gives is the thread's.
 */
export function workerMaker(
  name: string,
  making: BatchMakerOptions,
  size: number,
  together?: (index: number) => number,
): Maker {
  const { store } = making;
  const given = store.kind === "memory" ? { ...making, store: { ...store, pixels: shared(store.pixels) } } : making;
  const threads = Array.from({ length: size }, () => ({
    memory: spares(),
    pool: workerPool<BatchTask, MadeBatch>({
      url: new URL("./batch-worker.js", import.meta.url),
      workerData: given,
      size: 1,
      owner: name,
    }),
  }));
  const memory = spares();
  return {
    async run({ indices, epoch }) {
      const share = Math.max(Math.ceil(indices.length / size), 1);
      const parts = threads.map((): number[] => []);
      for (const [position, index] of indices.entries()) {
        parts[together ? together(index) % size : Math.floor(position / share)]!.push(position);
      }
      const asked = parts.filter((part, thread) => part.length > 0 || (thread === 0 && indices.length === 0));
      try {
        const made = await Promise.all(
          asked.map(async (positions) => {
            const part = Int32Array.from(positions, (position) => indices[position]!);
            const thread = threads[parts.indexOf(positions)]!;
            const spare = thread.memory.take();
            return thread.memory.lend(
              await thread.pool.run({ indices: part, epoch, spare }, spare === undefined ? [] : [spare]),
            );
          }),
        );
        const [only] = made;
        if (only && made.length === 1) return only;
        const whole = joined(indices, asked, made, making, memory.take());
        for (const part of made) part.release();
        return memory.lend(whole);
      } catch (cause) {
        if (hasCode(cause, "DISPOSED")) throw cause;
        throw new DatasetError(`A worker of ${name} failed: ${messageOf(cause)}`, { cause });
      }
    },
    async dispose() {
      await Promise.all(threads.map(({ pool }) => pool.dispose()));
    },
  };
}

/** The parts of a batch, whose images are at these positions in it. */
function joined(
  indices: Int32Array,
  parts: readonly (readonly number[])[],
  made: readonly MadeBatch[],
  { to, views }: BatchMakerOptions,
  spare: ArrayBuffer | undefined,
): MadeBatch {
  const length = to.channels * to.height * to.width;
  const looks = views ? viewCounts[views] : 1;
  const bad = made.flatMap((part) => part.bad);
  const missing = new Set(bad.map(({ index }) => index));
  // Where the image of each position is: its part, and how many are before it there.
  const places = new Map<number, readonly [part: number, before: number]>();
  for (const [part, positions] of parts.entries()) {
    let before = 0;
    for (const position of positions) {
      if (!missing.has(Math.floor(indices[position]! / looks))) places.set(position, [part, before++]);
    }
  }
  const data = floats(places.size * length, spare);
  let end = 0;
  for (let position = 0; position < indices.length; position++) {
    const place = places.get(position);
    if (!place) continue;
    const [part, before] = place;
    data.set(made[part]!.data.subarray(before * length, (before + 1) * length), end);
    end += length;
  }
  return { data, bad };
}

/** The same pixels in memory that threads share, copied only where they are not there yet. */
function shared(pixels: Uint8Array): Uint8Array {
  return types.isSharedArrayBuffer(pixels.buffer) ? pixels : sharedCopy(pixels);
}
