import { messageOf } from "@alexnet/core/support";
import type { LibraryHandle } from "koffi";
import { type Abi, mpich, openMpi } from "./abi.js";
import { MpiError } from "./errors.js";

/** A library of MPI that was loaded. */
export interface MpiLibrary {
  readonly library: LibraryHandle;
  readonly abi: Abi;
  readonly path: string;
}

/** What the library is called where each implementation is installed, the one that launched this process first. */
function candidates(environment: NodeJS.ProcessEnv): readonly string[] {
  const given = environment.ALEXNET_MPI_LIBRARY;
  if (given !== undefined && given !== "") return [given];
  const open = ["libmpi.so.40", "libmpi.40.dylib", "/opt/homebrew/lib/libmpi.dylib", "/usr/local/lib/libmpi.dylib"];
  const others = ["libmpi.so.12", "libmpich.so.12", "libmpi.12.dylib", "libmpich.so", "impi.dll"];
  const isHydra = environment.PMI_RANK !== undefined && environment.OMPI_COMM_WORLD_RANK === undefined;
  return isHydra ? [...others, ...open] : [...open, ...others];
}

/** Loads the system's MPI. Throws `MpiError`, which says what to install, where there is none. */
export async function loadMpi(environment: NodeJS.ProcessEnv = process.env): Promise<MpiLibrary> {
  const { load } = await import("koffi");
  const tried = candidates(environment);
  const failures: string[] = [];
  for (const path of tried) {
    let library: LibraryHandle;
    try {
      // Open MPI's plugins look for its symbols among those of the process.
      library = load(path, { global: true });
    } catch (error) {
      failures.push(messageOf(error));
      continue;
    }
    return { library, abi: abiOf(library), path };
  }
  throw new MpiError(
    `There is no MPI library here (tried ${tried.join(", ")}). Install one: Debian and Ubuntu "apt install openmpi-bin" or "apt install mpich", ` +
      'Fedora "dnf install openmpi", macOS "brew install open-mpi"; ALEXNET_MPI_LIBRARY names one that is elsewhere.',
    { cause: new Error(failures.join("\n")) },
  );
}

function abiOf(library: LibraryHandle): Abi {
  try {
    return openMpi(library);
  } catch {
    return mpich;
  }
}
