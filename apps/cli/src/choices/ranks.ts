import { availableParallelism, cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { alone, type Communicator, type Division } from "@alexnet/core/distributed";
import { isLaunched, launched, mpiCommunicator } from "@alexnet/distributed";
import type { Context } from "../program/context.js";
import { UsageError } from "../program/errors.js";
import { FailedApart, failureOf } from "../program/failure.js";
import type { Terminal } from "../program/terminal.js";

/** The ranks that do a command together: this process alone, or those that `mpirun` started. */
export interface Ranks {
  readonly communicator: Communicator;
  readonly division: Division;
  /** Whether this one tells, and writes. */
  readonly leads: boolean;
  /** Threads that are this rank's share of the machine's; of one that is alone the engine decides. */
  readonly threads?: number;
  /** What exchanges what they come to. */
  readonly version?: string;
}

/** Flags of commands that several ranks can do. */
export interface RankFlags {
  readonly divide?: Division;
  readonly devicePerRank?: boolean;
}

/**
 * Joins the job that this process was started in. Throws `UsageError` for flags that make no sense alone, and what `mpiCommunicator` throws where
 * MPI is missing.
 */
async function joinRanks({ divide, devicePerRank }: RankFlags): Promise<Ranks> {
  const communicator = isLaunched() ? await mpiCommunicator() : { ...alone, version: undefined };
  const { rank, size, version } = communicator;
  if (size === 1) {
    const flag = divide !== undefined ? "--divide" : devicePerRank ? "--device-per-rank" : undefined;
    if (flag) throw new UsageError(`${flag} is for several ranks: mpirun -n 2 npx alexnet train …`);
    return { communicator, division: "data", leads: true };
  }
  const { localRank, localRanks } = launched() ?? { localRank: rank, localRanks: size };
  // CUDA's way of choosing: the one device that is left is the first, for every engine.
  if (devicePerRank) process.env.CUDA_VISIBLE_DEVICES = String(localRank);
  // A launcher that binds ranks to cores leaves each its share; others leave all of them to each.
  const share = Math.min(availableParallelism(), Math.floor(cpus().length / localRanks));
  return {
    communicator,
    division: divide ?? "data",
    leads: rank === 0,
    threads: Math.max(1, share),
    ...(version !== undefined && { version }),
  };
}

/** So long a rank waits with what went wrong: what went wrong for all is told by the one that leads. */
const LEAD_MS = 1000;

/**
 * Does something with all ranks of the job that this process was started in, each with a context of its own: those that do not lead say nothing, and
 * their errors say which they are of.
 */
export async function withRanks(
  flags: RankFlags,
  context: Context,
  work: (ranks: Ranks, context: Context) => Promise<void>,
): Promise<void> {
  const ranks = await joinRanks(flags);
  const { communicator, leads } = ranks;
  try {
    await work(ranks, leads ? context : { ...context, terminal: () => silent(context.terminal()) });
    // All leave together: one that leaves early is taken for one that failed.
    await communicator.barrier();
  } catch (error) {
    if (leads) throw error;
    await sleep(LEAD_MS);
    const failure = failureOf(error);
    const { rank, size } = communicator;
    throw new FailedApart({ ...failure, message: `Rank ${rank} of ${size}: ${failure.message}` });
  }
  await communicator.dispose();
}

/** Throws `UsageError` where `mpirun` has started several processes for a command that is done by one: each would do all of it. */
export async function checkIsAlone(command: string): Promise<void> {
  const { rank, ranks } = launched() ?? { rank: 0, ranks: 1 };
  if (ranks === 1) return;
  if (rank > 0) await sleep(LEAD_MS);
  throw new UsageError(
    `alexnet ${command} is done by one process, and ${ranks} were started. Leave mpirun out; train and evaluate are for several ranks.`,
  );
}

/** A terminal that says nothing, and is told of Ctrl-C all the same. */
function silent(terminal: Terminal): Terminal {
  const nothing = (): void => {};
  return {
    ...terminal,
    print: nothing,
    note: nothing,
    status: nothing,
    interruptible: () => terminal.interruptible(),
  };
}
