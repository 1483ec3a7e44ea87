import { hasCode } from "@alexnet/core";
import { abortionOf } from "./aborted.js";
import type { Contender, OperationScore } from "./contender.js";
import type { Absence } from "./measure.js";
import type { Workload } from "./workload.js";

/** How long each operation of a step of a workload takes a contender. */
export interface Profile {
  readonly contender: string;
  readonly workload: Workload;
  /** In the order of the program; the contender's own work between them has no values and comes last. */
  readonly operations: readonly OperationScore[];
}

/** Has a contender tell how long its operations take, or why it cannot. Aborting ends it at once. */
export async function profile(
  workload: Workload,
  contender: Contender,
  signal?: AbortSignal,
): Promise<Profile | (Absence & Pick<Profile, "workload">)> {
  const { name } = contender;
  const abortion = abortionOf(signal);
  try {
    signal?.throwIfAborted();
    const contestant = await Promise.race([
      contender.start({ kind: "workload", workload }, signal),
      abortion.rejection,
    ]);
    try {
      const operations = await Promise.race([contestant.profile(), abortion.rejection]);
      return { contender: name, workload, operations };
    } finally {
      await contestant.stop();
    }
  } catch (error) {
    if (!hasCode(error, "CONTENDER")) throw error;
    return { contender: name, workload, reason: error.message };
  } finally {
    abortion.forget();
  }
}
