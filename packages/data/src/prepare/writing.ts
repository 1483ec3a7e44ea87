import { DatasetError } from "@alexnet/core";
import { describeFailure } from "@alexnet/files";

/** Throws `DatasetError` when the disk fails. */
export async function writing(to: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw new DatasetError(`Cannot write into ${to}: ${describeFailure(cause)}.`, { cause });
  }
}
