import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

/** A way to start several ranks. */
export interface Launcher {
  readonly name: string;
  readonly command: string;
  /** What it says its version with, and how that begins. */
  readonly says: RegExp;
}

/** Both implementations by the names that Debian gives them, where both may be installed; elsewhere `mpirun` is one of them. */
const LAUNCHERS: readonly Launcher[] = [
  { name: "Open MPI", command: "mpirun.openmpi", says: /Open MPI/ },
  { name: "Open MPI", command: "mpirun", says: /Open MPI/ },
  { name: "MPICH", command: "mpirun.mpich", says: /HYDRA/ },
  { name: "MPICH", command: "mpirun", says: /HYDRA/ },
];

/** Root is no user of whom Open MPI has a good opinion, and here more ranks are started than there are cores. */
const environment = {
  ...process.env,
  OMPI_ALLOW_RUN_AS_ROOT: "1",
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1",
  OMPI_MCA_rmaps_base_oversubscribe: "1",
  // What ranks say comes through a pipe as it does through a file.
  NO_COLOR: "1",
};

/** Each implementation, and how it is started here; `undefined` where it is not installed. */
export const launchers: readonly { readonly name: string; readonly command: string | undefined }[] = [
  "Open MPI",
  "MPICH",
].map((name) => {
  const found = LAUNCHERS.filter((launcher) => launcher.name === name).find(({ command, says }) =>
    says.test(String(spawnSync(command, ["--version"]).stdout ?? "")),
  );
  return { name, command: found?.command };
});

/** Why a test is skipped where there is none. */
export const NO_LAUNCHER = "this MPI is not installed (Debian: apt install openmpi-bin mpich)";

/** What a job came to. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a job of so many ranks, each a Node program. */
export async function onRanks(command: string, ranks: number, ...words: readonly string[]): Promise<Ended> {
  const line = ["-n", String(ranks), process.execPath, ...words];
  try {
    return { code: 0, ...(await promisify(execFile)(command, line, { env: environment })) };
  } catch (error) {
    const { code = 1, stdout = "", stderr = "" } = error as Partial<Ended>;
    return { code, stdout, stderr };
  }
}
