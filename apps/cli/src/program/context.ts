import type { Command } from "commander";
import type { Terminal } from "./terminal.js";

/** What commands share. */
export interface Context {
  /** The terminal, once the global flags are known. */
  terminal(): Terminal;
  /** Ends the process with this code when the command is done. */
  exitWith(code: number): void;
  /**
   * Calls the function of this name that a module exports with a context and these arguments, which are plain data, on a thread of its own:
   * one that computes for long does not keep this one from answering Ctrl-C.
   */
  apart(module: URL, name: string, ...args: readonly unknown[]): Promise<void>;
  /** What to say after an error that is about to be thrown: the way on. */
  hint(text: string): void;
}

/** Adds one command to the program. Heavy modules are imported when it runs, so that `--help` is there at once. */
export type AddCommand = (program: Command, context: Context) => void;
