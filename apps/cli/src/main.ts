import { CommanderError } from "commander";
import type { Context } from "./program/context.js";
import { describeError, exitCodes, InterruptedError, UsageError } from "./program/errors.js";
import { createProgram } from "./program/program.js";
import { type Terminal, terminal } from "./program/terminal.js";
import { wantsColor } from "./text/colors.js";

let opened: Terminal | undefined;
let hint: string | undefined;

const context: Context = {
  terminal() {
    opened ??= openTerminal();
    return opened;
  },
  exitWith(code) {
    process.exitCode = code;
  },
  hint(text) {
    hint = text;
  },
};

const program = createProgram(context);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function openTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const { color = true } = program.opts<{ readonly color?: boolean }>();
  const wants = (isTerminal: boolean): boolean => wantsColor({ flag: color, environment: env, isTerminal });
  return terminal({ stdout, stderr, color: wants(stdout.isTTY === true), noteColor: wants(stderr.isTTY === true) });
}

/** Tells what went wrong, and returns the exit code. */
function report(error: unknown): number {
  // Commander has told it already; asking for help or the version ends here too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  const { note, noteColors } = context.terminal();
  context.terminal().status("");
  if (error instanceof InterruptedError) return error.exitCode;
  note(`${noteColors.red("error:")} ${describeError(error)}`);
  if (hint !== undefined) note(hint);
  if (program.opts<{ readonly debug?: boolean }>().debug) note(String(error instanceof Error ? error.stack : error));
  return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}
