import { AlexNetError } from "@alexnet/core";
import { describeFailure, writeWhole } from "@alexnet/files";

/** Something that was asked for could not be written. */
export class OutputError extends AlexNetError {
  constructor(message: string, options?: ErrorOptions) {
    super("OUTPUT", message, options);
  }
}

/** Writes a file so that it is either whole or, after a failure, what it was before. Throws `OutputError`. */
export async function writeFile(path: string, content: string | Uint8Array | Iterable<Uint8Array>): Promise<void> {
  try {
    await writeWhole(path, content instanceof Uint8Array ? [content] : content);
  } catch (cause) {
    throw new OutputError(`Cannot write ${path}: ${describeFailure(cause)}.`, { cause });
  }
}
