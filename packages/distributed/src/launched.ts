/** What whoever started a process as one rank of several told it. */
export interface Launch {
  readonly rank: number;
  readonly ranks: number;
  /** Which of the ranks on this machine it is, and how many there are; those of the job where the launcher does not tell. */
  readonly localRank: number;
  readonly localRanks: number;
}

/** Variables in which launchers tell it: Open MPI's `mpirun`, Hydra (MPICH, Intel MPI) and Slurm's `srun`. */
const LAUNCHERS = [
  {
    rank: "OMPI_COMM_WORLD_RANK",
    ranks: "OMPI_COMM_WORLD_SIZE",
    localRank: "OMPI_COMM_WORLD_LOCAL_RANK",
    localRanks: "OMPI_COMM_WORLD_LOCAL_SIZE",
  },
  { rank: "PMI_RANK", ranks: "PMI_SIZE", localRank: "MPI_LOCALRANKID", localRanks: "MPI_LOCALNRANKS" },
  {
    rank: "SLURM_PROCID",
    ranks: "SLURM_STEP_NUM_TASKS",
    localRank: "SLURM_LOCALID",
    localRanks: "SLURM_TASKS_PER_NODE",
  },
] as const;

/** PMIx says which rank a process is, but not of how many. */
const PMIX = "PMIX_RANK";

/** Whether a launcher started this process, also as the only rank: whether there is an MPI to ask. Nothing is loaded for it. */
export function isLaunched(environment: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return [...LAUNCHERS.map(({ ranks }) => ranks), PMIX].some((name) => environment[name] !== undefined);
}

/** How this process was started as a rank of a job of several; `undefined` where it was not, or is the only one. */
export function launched(environment: Readonly<Record<string, string | undefined>> = process.env): Launch | undefined {
  const number = (name: string): number | undefined => {
    const value = Number.parseInt(environment[name] ?? "", 10);
    return Number.isNaN(value) ? undefined : value;
  };
  for (const names of LAUNCHERS) {
    const [rank, ranks] = [number(names.rank), number(names.ranks)];
    if (rank === undefined || ranks === undefined) continue;
    if (ranks < 2) return undefined;
    return { rank, ranks, localRank: number(names.localRank) ?? rank, localRanks: number(names.localRanks) ?? ranks };
  }
  return undefined;
}
