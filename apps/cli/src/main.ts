import { messageOf } from "@alexnet/core/support";
import type { Context } from "./program/context.js";
import { UsageError } from "./program/errors.js";
import { failureOf } from "./program/failure.js";
import { createProgram } from "./program/program.js";
import { type Terminal, type TerminalForm, terminal } from "./program/terminal.js";
import { wantsColor } from "./text/colors.js";

let opened: Terminal | undefined;
let hint: string | undefined;

const context: Context = {
  terminal() {
    opened ??= terminal(process, formOfTerminal());
    return opened;
  },
  exitWith(code) {
    process.exitCode = code;
  },
  hint(text) {
    hint = text;
  },
  async apart(module, name, ...args) {
    const { runApart } = await import("./program/apart/run-apart.js");
    await runApart(context, formOfTerminal(), { module, name, args });
  },
};

const program = createProgram(context);

try {
  checkWorkingFolder();
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Throws `UsageError` where the folder that paths begin at has been removed. */
function checkWorkingFolder(): void {
  try {
    process.cwd();
  } catch (cause) {
    throw new UsageError(`The current folder is not there any more (${messageOf(cause)}): go to another.`);
  }
}

function formOfTerminal(): TerminalForm {
  const { stdout, stderr, env } = process;
  const { color = true } = program.opts<{ readonly color?: boolean }>();
  const wants = (isTerminal: boolean): boolean => wantsColor({ flag: color, environment: env, isTerminal });
  return {
    color: wants(stdout.isTTY === true),
    noteColor: wants(stderr.isTTY === true),
    interactive: stderr.isTTY === true && env.TERM !== "dumb",
  };
}

/** Tells what went wrong, and returns the exit code. */
function report(error: unknown): number {
  const { exitCode, message, stack } = failureOf(error);
  const { note, noteColors, status } = context.terminal();
  if (message === undefined) {
    status("");
    return exitCode;
  }
  note(`${noteColors.red("error:")} ${message}`);
  if (hint !== undefined) note(hint);
  if (program.opts<{ readonly debug?: boolean }>().debug) note(stack);
  return exitCode;
}
