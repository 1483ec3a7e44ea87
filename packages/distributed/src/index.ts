/**
 * Trainings on several devices and machines, through the system's MPI.
 *
 * @module @alexnet/distributed
 */
export { MpiError } from "./errors.js";
export { isLaunched, type Launch, launched } from "./launched.js";
export { type MpiCommunicator, mpiCommunicator } from "./mpi-communicator.js";
