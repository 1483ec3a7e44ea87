import { alone, type Communicator, type Floats, floatsLike } from "@alexnet/core/distributed";
import type { LibraryHandle, out } from "koffi";
import { MpiError } from "./errors.js";
import { launched } from "./launched.js";
import { loadMpi, type MpiLibrary } from "./library.js";

/** Calls come from one thread at a time. */
const THREAD_SERIALIZED = 2;
/**
 * So many values are exchanged at once, 4 MiB of float32: what the library keeps in between then stays in the processor's cache. Two ranks of one
 * machine add up 62 million values at 4.5 GB/s so, and at 2.2 all at once (`bench/allreduce.mjs`).
 */
const BUCKET = 2 ** 20;

/** The type of an argument, as koffi calls it. */
type Type = ReturnType<typeof out> | string;

/** A communicator over MPI, and what it runs on. */
export interface MpiCommunicator extends Communicator {
  /** `Open MPI v4.1.4, …`, as the library says it; `undefined` of a job of one where there is none. */
  readonly version: string | undefined;
}

/**
 * The ranks of the job that this process was started in: `mpirun -n 4 node train.mjs`. Without `mpirun` it is a job of one. MPI is started once in a
 * process, and ends with `dispose`.
 *
 * ```ts
 * const communicator = await mpiCommunicator();
 * for await (const event of fit({ communicator, model, backend, training, epochs: 10, batchSize: 128 })) {
 *   if (communicator.rank === 0 && event.type === "epoch") console.log(event.loss);
 * }
 * await communicator.dispose();
 * ```
 *
 * Throws `MpiError`, which says what to install, where there is no MPI and `mpirun` started this process all the same.
 */
export async function mpiCommunicator(): Promise<MpiCommunicator> {
  let loaded: MpiLibrary;
  try {
    loaded = await loadMpi();
  } catch (error) {
    if (launched() || !(error instanceof MpiError)) throw error;
    return { ...alone, version: undefined };
  }
  const { out, pointer } = await import("koffi");
  const { library, abi } = loaded;
  const { handle, world, sum } = abi;
  const call = (name: string, ...types: readonly Type[]): ((...values: readonly unknown[]) => void) => {
    const symbol = library.func(name, "int", [...types]);
    return (...values) => {
      const code: number = symbol(...values);
      if (code !== 0) throw new MpiError(`${name} of ${abi.name} failed with the code ${code}.`);
    };
  };
  const number = out(pointer("int"));
  const ask = (name: string): number => {
    const found = [0];
    call(name, handle, number)(world, found);
    return found[0]!;
  };
  const provided = [0];
  call("MPI_Init_thread", "void *", "void *", "int", number)(null, null, THREAD_SERIALIZED, provided);
  const [rank, size] = [ask("MPI_Comm_rank"), ask("MPI_Comm_size")];
  const allreduce = call("MPI_Allreduce", "intptr_t", "void *", "int", handle, handle, handle);
  const reduceScatter = call("MPI_Reduce_scatter_block", "void *", "void *", "int", handle, handle, handle);
  const allgather = call("MPI_Allgather", "void *", "int", handle, "void *", "int", handle, handle);
  const broadcast = call("MPI_Bcast", "void *", "int", handle, "int", handle);
  const barrier = call("MPI_Barrier", handle);
  const abort = call("MPI_Abort", handle, "int");
  const finalize = call("MPI_Finalize");
  const typeOf = (values: Floats): unknown => (values.BYTES_PER_ELEMENT === 4 ? abi.float : abi.double);
  function* buckets(values: Floats): Generator<Floats, void> {
    for (let from = 0; from < values.length; from += BUCKET) yield values.subarray(from, from + BUCKET);
  }
  let isDisposed = false;
  return {
    rank,
    size,
    version: versionOf(library, number),
    async allreduce(values) {
      for (const part of buckets(values)) allreduce(abi.inPlace, part, part.length, typeOf(values), sum, world);
    },
    async reduceScatter(values) {
      const own = floatsLike(values, values.length / size);
      reduceScatter(values, own, own.length, typeOf(values), sum, world);
      return own;
    },
    async allgather(values) {
      const all = floatsLike(values, values.length * size);
      allgather(values, values.length, typeOf(values), all, values.length, typeOf(values), world);
      return all;
    },
    async broadcast(values, root) {
      for (const part of buckets(values)) broadcast(part, part.length, typeOf(values), root, world);
    },
    async barrier() {
      barrier(world);
    },
    abort(code) {
      abort(world, code);
    },
    async dispose() {
      if (isDisposed) return;
      isDisposed = true;
      finalize();
    },
  };
}

/** The longest text that a library says its version in, by the standard's constants of both implementations. */
const MOST_VERSION = 8192;

function versionOf(library: LibraryHandle, number: Type): string {
  const text = Buffer.alloc(MOST_VERSION);
  const length = [0];
  library.func("MPI_Get_library_version", "int", ["void *", number])(text, length);
  return text.toString("utf8", 0, text.indexOf(0)).split("\n")[0]!.trim();
}
