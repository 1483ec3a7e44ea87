import { SHARE_ENV, setEnvironmentData, Worker } from "node:worker_threads";
import type { Context } from "../context.js";
import { FailedApart, type Failure } from "../failure.js";
import type { Interrupt } from "../interrupt.js";
import type { TerminalForm } from "../terminal.js";
import type { ApartTask, FromThread, ToThread } from "./messages.js";

/**
 * Does a command on a thread of its own and says for it what there is to say. This one is then free to answer Ctrl-C, however long an
 * engine holds the other.
 */
export async function runApart(
  context: Context,
  form: TerminalForm,
  { module, name, args }: { readonly module: URL; readonly name: string; readonly args: readonly unknown[] },
): Promise<void> {
  const terminal = context.terminal();
  const task: ApartTask = {
    ...{ module: module.href, name, args, form, argv: process.argv },
    columns: terminal.columns(),
  };
  // Engines are told by variables how many threads to start; so they see those that are set over there.
  setEnvironmentData("@alexnet/shares-environment", true);
  const thread = new Worker(new URL("./thread.js", import.meta.url), {
    workerData: task,
    env: SHARE_ENV,
    execArgv: [],
  });
  const tell = (message: ToThread): void => thread.postMessage(message);
  const resized = (): void => tell({ kind: "columns", columns: terminal.columns() });
  process.stderr.on("resize", resized);
  let interrupt: Interrupt | undefined;
  let failure: Failure | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      thread.on("message", (message: FromThread) => {
        switch (message.kind) {
          case "print":
          case "note":
          case "status":
            return terminal[message.kind](message.text);
          case "hint":
            return context.hint(message.text);
          case "exitWith":
            return context.exitWith(message.code);
          case "failed":
            failure = message.failure;
            return;
          case "uninterruptible":
            return interrupt?.dispose();
          case "interruptible": {
            const begun = terminal.interruptible(message.said);
            interrupt = begun;
            begun.signal.addEventListener("abort", () =>
              tell({ kind: "interrupted", exitCode: begun.exitCode() ?? 0 }),
            );
          }
        }
      });
      thread.on("error", reject);
      thread.on("exit", () => resolve());
    });
    if (failure) throw new FailedApart(failure);
  } finally {
    interrupt?.dispose();
    process.stderr.off("resize", resized);
  }
}
