import { createRequire } from "node:module";
import { DisposedError } from "@alexnet/core";
import type * as piscina from "piscina";
import type { Piscina } from "piscina";

/** Threads that run tasks. */
export interface WorkerPool<Task, Result> {
  /**
   * Runs a task; what is transferred of it is the thread's afterwards. Rejects with the error it ended in, with the cause when the thread dies, after which another thread takes
   * its place, and with `DisposedError` after `dispose`.
   */
  run(task: Task, transferred?: readonly ArrayBuffer[]): Promise<Result>;
  /** Ends the threads and rejects what still runs; idempotent. */
  dispose(): Promise<void>;
}

/** What threads to start, and how many. */
export interface WorkerPoolOptions {
  /** The module each thread runs; its default export is called with each task. */
  readonly url: URL;
  /** What it is given; the module reads it from `workerData` of `piscina`. */
  readonly workerData: unknown;
  readonly size: number;
  /** What uses the pool, for errors. */
  readonly owner: string;
}

/** A thread is handed its tasks at once, for while an engine blocks this one, nobody could hand over the next. */
const ALL_AT_ONCE = 2 ** 20;

/** A pool of worker threads, started with the first task. An idle one does not keep the process alive. */
export function workerPool<Task, Result>(options: WorkerPoolOptions): WorkerPool<Task, Result> {
  const { url, workerData, size, owner } = options;
  let pool: Piscina<Task, Result> | undefined;
  let disposed: Promise<void> | undefined;

  function start(): Piscina<Task, Result> {
    // Loaded when needed, and at once: whoever blocks this thread after asking for a batch shall find it made.
    const { Piscina } = createRequire(import.meta.url)("piscina") as typeof piscina;
    return new Piscina({
      filename: url.href,
      workerData,
      minThreads: size,
      maxThreads: size,
      concurrentTasksPerWorker: ALL_AT_ONCE,
      execArgv: [], // Flags for this thread, `--input-type`, are not for those.
    });
  }

  return {
    async run(task, transferred = []) {
      if (disposed) throw new DisposedError(`${owner} was used after its dispose.`);
      pool ??= start();
      try {
        return await pool.run(task, { transferList: [...transferred] });
      } catch (cause) {
        if (!disposed) throw cause;
        throw new DisposedError(`${owner} was disposed while it was asked for a batch.`, { cause });
      }
    },
    dispose() {
      disposed ??= pool?.destroy() ?? Promise.resolve();
      return disposed;
    },
  };
}
