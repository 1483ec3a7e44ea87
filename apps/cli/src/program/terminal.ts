import { describeFailure } from "@alexnet/files";
import { type Colors, colors } from "../text/colors.js";
import { printable } from "../text/printable.js";
import { exitCodes } from "./errors.js";
import { type Interrupt, interruptible } from "./interrupt.js";

/** Where output goes: what was asked for to stdout, everything about it to stderr; both only as far as it is printable. */
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
   * Until it is disposed, Ctrl-C does not end the process but aborts the interrupt's signal, after `said`, if anything, was said. So it is
   * when stdout takes no more: nobody reads it, or, which is then said, it cannot be written to.
   */
  interruptible(said?: string): Interrupt;
}

/** What a terminal is like. */
export interface TerminalForm {
  /** Whether stdout and stderr are written to in colors. */
  readonly color: boolean;
  readonly noteColor: boolean;
  readonly interactive: boolean;
}

/** The stream of a terminal, a file or a pipe, as far as needed here. */
export interface TextStream {
  write(text: string): unknown;
  on(event: "error", listener: (error: NodeJS.ErrnoException) => void): unknown;
  readonly columns?: number;
}

const ERASE_LINE = "\r\u001b[2K";

export function terminal(
  { stdout, stderr }: { readonly stdout: TextStream; readonly stderr: TextStream },
  { color, noteColor, interactive }: TerminalForm,
): Terminal {
  let shown = "";
  // Somebody who read as much as he wanted is no failure of a command that has nothing else to do.
  const end = (exitCode: number): void => process.exit(exitCode === exitCodes.brokenPipe ? exitCodes.ok : exitCode);
  let broken = end;
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
  const note = (text: string): void => {
    clear();
    stderr.write(`${printable(text)}\n`);
  };
  return {
    colors: colors(color),
    noteColors: colors(noteColor),
    interactive,
    // A pseudo-terminal that nobody has given a size, such as that of `mpirun`, has 0.
    columns: () => stderr.columns || stdout.columns || 80,
    print(text) {
      clear();
      stdout.write(`${printable(text)}\n`);
    },
    note,
    status(line) {
      if (line === shown) return;
      stderr.write(`${ERASE_LINE}${printable(line)}`);
      shown = line;
    },
    interruptible(said) {
      const { abort, ...interrupt } = interruptible(() => {
        if (said !== undefined) note(said);
      });
      broken = abort;
      return {
        ...interrupt,
        dispose() {
          broken = end;
          interrupt.dispose();
        },
      };
    },
  };
}
