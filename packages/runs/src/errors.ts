import { AlexNetError } from "@alexnet/core";

/** A run folder cannot be used, read or written. */
export class RunFolderError extends AlexNetError {
  constructor(message: string, options?: ErrorOptions) {
    super("RUN_FOLDER", message, options);
  }
}
