import { parentPort, workerData } from "node:worker_threads";
import { colors } from "../../text/colors.js";
import type { Context } from "../context.js";
import { failureOf } from "../failure.js";
import type { Terminal } from "../terminal.js";
import type { ApartTask, FromThread, ToThread } from "./messages.js";

/*
 * The thread of a command that computes: it says what there is to say through the one that waits for it, and is told by it what the
 * person at the terminal wants.
 */

const { module, name, args, form, argv, ...given } = workerData as ApartTask;
process.argv = [...argv];
let { columns } = given;
const tell = (message: FromThread): void => parentPort?.postMessage(message);
let interrupted: (exitCode: number) => void = () => {};

parentPort?.on("message", (message: ToThread) => {
  if (message.kind === "columns") columns = message.columns;
  else interrupted(message.exitCode);
});
// It ends when its work has.
parentPort?.unref();

const terminal: Terminal = {
  colors: colors(form.color),
  noteColors: colors(form.noteColor),
  interactive: form.interactive,
  columns: () => columns,
  print: (text) => tell({ kind: "print", text }),
  note: (text) => tell({ kind: "note", text }),
  status: (text) => tell({ kind: "status", text }),
  interruptible(said) {
    const controller = new AbortController();
    let code: number | undefined;
    interrupted = (exitCode) => {
      code ??= exitCode;
      controller.abort();
    };
    tell({ kind: "interruptible", ...(said !== undefined && { said }) });
    return {
      signal: controller.signal,
      exitCode: () => code,
      dispose() {
        interrupted = () => {};
        tell({ kind: "uninterruptible" });
      },
    };
  },
};

const context: Context = {
  terminal: () => terminal,
  exitWith: (code) => tell({ kind: "exitWith", code }),
  hint: (text) => tell({ kind: "hint", text }),
  apart: run,
};

async function run(module: URL, name: string, ...args: readonly unknown[]): Promise<void> {
  const exported: Readonly<Record<string, (context: Context, ...args: readonly unknown[]) => Promise<void>>> =
    await import(module.href);
  await exported[name]!(context, ...args);
}

try {
  await run(new URL(module), name, ...args);
} catch (error) {
  tell({ kind: "failed", failure: failureOf(error) });
}
