/** Numbers that ranks exchange. */
export type Floats = Float32Array | Float64Array;

/** So many zeros of the same kind. */
export function floatsLike<Array extends Floats>(array: Array, length: number): Array {
  return (array.BYTES_PER_ELEMENT === 4 ? new Float32Array(length) : new Float64Array(length)) as Array;
}

/**
 * What a rank of a job needs of the others, as MPI has it. Every rank calls the same methods in the same order, with arrays of the same type and
 * length; each waits for all.
 */
export interface Communicator {
  /** Which of the ranks this is, from 0. */
  readonly rank: number;
  readonly size: number;
  /** Adds up the arrays of all ranks, in place. */
  allreduce(values: Floats): Promise<void>;
  /** Adds up the arrays of all ranks and gives this one its part of the sum, the `rank`-th of `size` equal ones. May overwrite the array. */
  reduceScatter<Array extends Floats>(values: Array): Promise<Array>;
  /** The arrays of all ranks, one after the other. */
  allgather<Array extends Floats>(values: Array): Promise<Array>;
  /** Overwrites the arrays of all ranks with that of one. */
  broadcast(values: Floats, root: number): Promise<void>;
  /** Waits until all have come here. */
  barrier(): Promise<void>;
  /** Ends the processes of all ranks, at once, for a failure that the others do not know of. */
  abort(code: number): void;
  /** Leaves the job, which ends when all have; idempotent. */
  dispose(): Promise<void>;
}

/** The communicator of a job of one rank: nothing is to be exchanged. */
export const alone: Communicator = {
  rank: 0,
  size: 1,
  async allreduce() {},
  reduceScatter: async (values) => values,
  allgather: async (values) => values,
  async broadcast() {},
  async barrier() {},
  abort() {},
  async dispose() {},
};
