import { Worker } from "node:worker_threads";
import { DisposedError } from "@alexnet/core";
import type { WorkerReply, WorkerRequest } from "./protocol.js";

/** Threads that run tasks one after the other. */
export interface WorkerPool<Task, Result> {
  /**
   * Runs a task on the thread with the fewest waiting. Rejects with the error the task ended in, with the cause when
   * the thread dies, after which the next task starts another, and with `DisposedError` after `dispose`.
   */
  run(task: Task): Promise<Result>;
  /** Ends the threads and rejects what still runs; idempotent. */
  dispose(): Promise<void>;
}

/** What threads to start, and how many at most. */
export interface WorkerPoolOptions {
  /** The module each thread runs: it answers every `WorkerRequest` with a `WorkerReply`. */
  readonly url: URL;
  readonly workerData: unknown;
  readonly size: number;
  /** What uses the pool, for errors. */
  readonly owner: string;
}

interface Pending<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

interface Thread<Result> {
  readonly worker: Worker;
  readonly pending: Map<number, Pending<Result>>;
}

/**
 * A pool of worker threads, each started when a task first needs it. A thread with a task keeps the process alive; an
 * idle one does not.
 */
export function workerPool<Task, Result>(options: WorkerPoolOptions): WorkerPool<Task, Result> {
  const threads = new Set<Thread<Result>>();
  let nextId = 0;
  let disposed: Promise<void> | undefined;

  function start(): Thread<Result> {
    const worker = new Worker(options.url, { workerData: options.workerData, execArgv: [] });
    const thread: Thread<Result> = { worker, pending: new Map() };
    threads.add(thread);
    worker.unref();
    worker.on("message", (reply: WorkerReply<Result>) => settle(thread, reply));
    worker.on("messageerror", (cause) => fail(thread, cause));
    worker.on("error", (cause) => fail(thread, cause));
    worker.on("exit", (code) => fail(thread, new Error(`the worker thread exited with code ${code}`)));
    return thread;
  }

  function settle({ worker, pending }: Thread<Result>, reply: WorkerReply<Result>): void {
    const request = pending.get(reply.id);
    pending.delete(reply.id);
    if (pending.size === 0) {
      worker.unref();
    }
    if ("error" in reply) {
      request?.reject(reply.error);
    } else {
      request?.resolve(reply.result);
    }
  }

  function fail(thread: Thread<Result>, reason: unknown): void {
    threads.delete(thread);
    for (const { reject } of thread.pending.values()) {
      reject(reason);
    }
    thread.pending.clear();
  }

  function leastBusy(): Thread<Result> {
    const [first] = [...threads].sort((a, b) => a.pending.size - b.pending.size);
    return first === undefined || (first.pending.size > 0 && threads.size < options.size) ? start() : first;
  }

  async function stop(): Promise<void> {
    const running = [...threads];
    for (const thread of running) {
      fail(thread, new DisposedError(`${options.owner} was disposed while it was asked for a batch.`));
    }
    await Promise.all(running.map(({ worker }) => worker.terminate()));
  }

  return {
    run(task) {
      return new Promise((resolve, reject) => {
        if (disposed !== undefined) {
          throw new DisposedError(`${options.owner} was used after its dispose.`);
        }
        const { worker, pending } = leastBusy();
        const id = nextId++;
        pending.set(id, { resolve, reject });
        worker.ref();
        worker.postMessage({ id, task } satisfies WorkerRequest<Task>);
      });
    },
    dispose() {
      disposed ??= stop();
      return disposed;
    },
  };
}
