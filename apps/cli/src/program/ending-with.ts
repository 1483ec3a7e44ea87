import { exitCodes, InterruptedError } from "./errors.js";
import type { Terminal } from "./terminal.js";

/** Does the work, which Ctrl-C ends in order; `kept`, if anything, is what is said of what was done then. */
export async function endingWith<Result>(
  terminal: Terminal,
  kept: string | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const interrupt = terminal.interruptible();
  try {
    return await work(interrupt.signal);
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    terminal.status("");
    if (kept !== undefined) terminal.note(kept);
    throw new InterruptedError(interrupt.exitCode() ?? exitCodes.failed);
  } finally {
    interrupt.dispose();
  }
}
