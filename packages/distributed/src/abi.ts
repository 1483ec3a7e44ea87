import type { LibraryHandle } from "koffi";

/** A handle of MPI: an address with Open MPI, a number with MPICH. */
export type Handle = unknown;

/** What differs between implementations of one standard: what handles are, and the constants. */
export interface Abi {
  readonly name: string;
  /** The type of a handle, as koffi calls it. */
  readonly handle: string;
  /** The address that stands for "the result goes where the input is". */
  readonly inPlace: bigint;
  readonly world: Handle;
  readonly float: Handle;
  readonly double: Handle;
  readonly sum: Handle;
}

/** Handles that are the addresses of variables of the library (Open MPI's `mpi.h`). */
export function openMpi(library: LibraryHandle): Abi {
  return {
    name: "Open MPI",
    handle: "void *",
    inPlace: 1n,
    world: library.symbol("ompi_mpi_comm_world"),
    float: library.symbol("ompi_mpi_float"),
    double: library.symbol("ompi_mpi_double"),
    sum: library.symbol("ompi_mpi_op_sum"),
  };
}

/** Handles that are numbers, the same in all libraries of the MPICH ABI: MPICH, Intel MPI, MVAPICH, Cray's (MPICH's `mpi.h`). */
export const mpich: Abi = {
  name: "MPICH",
  handle: "int",
  inPlace: -1n,
  world: 0x44000000,
  float: 0x4c00040a,
  double: 0x4c00080b,
  sum: 0x58000003,
};
