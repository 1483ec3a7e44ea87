import { AlexNetError } from "@alexnet/core";

/** There is no MPI that can be used, or it failed. The message says what to install. */
export class MpiError extends AlexNetError {
  constructor(message: string, options?: ErrorOptions) {
    super("MPI", message, options);
  }
}
