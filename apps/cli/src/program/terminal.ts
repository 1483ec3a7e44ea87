import { describeFailure } from "@alexnet/files";
import { type Colors, colors } from "../text/colors.js";
import { exitCodes } from "./errors.js";

/** Where output goes: what was asked for to stdout, everything about it to stderr. */
export interface Terminal {
  readonly colors: Colors;
  /** Colors of what goes to stderr, which may be a terminal when stdout is not. */
  readonly noteColors: Colors;
  /** Whether a status line can be redrawn. */
  readonly interactive: boolean;
  /** Columns of the terminal, 80 where there is none. */
  columns(): number;
  /** Prints a result, with a line break after it. */
  print(text: string): void;
  /** Prints a remark. */
  note(text: string): void;
  /** Shows one line in place of the last one, until something else is printed; "" removes it. */
  status(line: string): void;
  /**
   * Calls `listener`, in place of ending the process, with the code to end with, when stdout takes no more: nobody reads it,
   * or, which is then said, it cannot be written to.
   */
  onBrokenPipe(listener: (exitCode: number) => void): void;
}

/** The stream of a terminal, a file or a pipe, as far as needed here. */
export interface TextStream {
  write(text: string): unknown;
  on(event: "error", listener: (error: NodeJS.ErrnoException) => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const ERASE_LINE = "\r\u001b[2K";

export function terminal(options: {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly color: boolean;
  readonly noteColor: boolean;
}): Terminal {
  const { stdout, stderr } = options;
  let shown = "";
  // Somebody who read as much as he wanted is no failure of a command that has nothing else to do.
  let broken = (exitCode: number): void => process.exit(exitCode === exitCodes.brokenPipe ? exitCodes.ok : exitCode);
  let isBroken = false;
  stdout.on("error", (error) => {
    if (isBroken) return;
    isBroken = true;
    if (error.code === "EPIPE") return broken(exitCodes.brokenPipe);
    stderr.write(`error: Cannot write the output: ${describeFailure(error)}.\n`);
    broken(exitCodes.failed);
  });
  // Remarks nobody reads are not worth ending for.
  stderr.on("error", () => {});
  const clear = (): void => {
    if (shown !== "") stderr.write(ERASE_LINE);
    shown = "";
  };
  return {
    colors: colors(options.color),
    noteColors: colors(options.noteColor),
    interactive: stderr.isTTY === true && process.env.TERM !== "dumb",
    columns: () => stderr.columns ?? stdout.columns ?? 80,
    print(text) {
      clear();
      stdout.write(`${text}\n`);
    },
    note(text) {
      clear();
      stderr.write(`${text}\n`);
    },
    status(line) {
      if (line === shown) return;
      stderr.write(`${ERASE_LINE}${line}`);
      shown = line;
    },
    onBrokenPipe(listener) {
      broken = listener;
    },
  };
}
