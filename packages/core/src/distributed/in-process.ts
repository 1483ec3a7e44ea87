import { InvalidArgumentError } from "../errors.js";
import { type Communicator, type Floats, floatsLike } from "./communicator.js";

/** What the ranks of a process have come with, and how the last to come settles it for all. */
interface Meeting {
  readonly arrays: (Floats | undefined)[];
  readonly leave: ((results: readonly unknown[]) => void)[];
  readonly fail: ((error: unknown) => void)[];
  came: number;
}

/**
 * Communicators of ranks that are tasks of one process: for tests, and to look at what a division does. Sums are added up in the order of the
 * ranks. `abort` fails what others wait for.
 */
export function inProcessCommunicators(size: number): readonly Communicator[] {
  let meeting = newMeeting(size);
  let aborted: Error | undefined;

  /** Waits for all ranks; each gets its own of what `settle` makes of their arrays. */
  async function meet<Result>(
    rank: number,
    array: Floats | undefined,
    settle: (arrays: readonly Floats[]) => readonly Result[],
  ): Promise<Result> {
    if (aborted) throw aborted;
    const current = meeting;
    current.arrays[rank] = array;
    current.came++;
    const result = new Promise<Result>((resolve, reject) => {
      current.leave[rank] = (results) => resolve(results[rank] as Result);
      current.fail[rank] = reject;
    });
    if (current.came === size) {
      meeting = newMeeting(size);
      const arrays = current.arrays.filter((each) => each !== undefined);
      if (new Set(arrays.map(({ length }) => length)).size > 1) {
        const lengths = arrays.map(({ length }) => length).join(", ");
        const error = new InvalidArgumentError(`The ranks have come with arrays of different lengths: ${lengths}.`);
        for (const fail of current.fail) fail(error);
      } else {
        const results = settle(arrays);
        for (const leave of current.leave) leave(results);
      }
    }
    return result;
  }

  return Array.from(
    { length: size },
    (_, rank): Communicator => ({
      rank,
      size,
      allreduce: (values) =>
        meet(rank, values, (arrays) => {
          const sum = summed(arrays);
          for (const array of arrays) array.set(sum);
          return arrays.map(() => undefined);
        }),
      reduceScatter: <Array extends Floats>(values: Array) =>
        meet(rank, values, (arrays) => {
          const sum = summed(arrays);
          const part = sum.length / size;
          return arrays.map((_, index) => sum.slice(index * part, (index + 1) * part) as Array);
        }),
      allgather: <Array extends Floats>(values: Array) =>
        meet(rank, values, (arrays) => {
          const gathered = floatsLike(arrays[0]!, arrays[0]!.length * size);
          for (const [index, array] of arrays.entries()) gathered.set(array, index * array.length);
          return arrays.map(() => gathered.slice() as Array);
        }),
      broadcast: (values, root) =>
        meet(rank, values, (arrays) => {
          for (const array of arrays) if (array !== arrays[root]) array.set(arrays[root]!);
          return arrays.map(() => undefined);
        }),
      barrier: () => meet(rank, undefined, () => Array.from({ length: size }, () => undefined)),
      abort() {
        aborted = new InvalidArgumentError(`Rank ${rank} has aborted the job.`);
        for (const fail of meeting.fail) fail?.(aborted);
      },
      async dispose() {},
    }),
  );
}

const newMeeting = (size: number): Meeting => ({ arrays: new Array(size), leave: [], fail: [], came: 0 });

function summed([first, ...others]: readonly Floats[]): Floats {
  const sum = first!.slice();
  for (const other of others) for (let index = 0; index < sum.length; index++) sum[index]! += other[index]!;
  return sum;
}
