import type { Failure } from "../failure.js";
import type { TerminalForm } from "../terminal.js";

/** What a thread is to do: plain data. */
export interface ApartTask {
  /** A module, and the name of what it exports. */
  readonly module: string;
  readonly name: string;
  readonly args: readonly unknown[];
  readonly form: TerminalForm;
  readonly columns: number;
  /** `process.argv`, by which the program tells how it was called. */
  readonly argv: readonly string[];
}

/** What the thread asks of the one that waits for it. */
export type FromThread =
  | { readonly kind: "print" | "note" | "status" | "hint"; readonly text: string }
  | { readonly kind: "exitWith"; readonly code: number }
  /** Ctrl-C is answered with these words, if any, until `"uninterruptible"`. */
  | { readonly kind: "interruptible"; readonly said?: string }
  | { readonly kind: "uninterruptible" }
  | { readonly kind: "failed"; readonly failure: Failure };

/** What it is told. */
export type ToThread =
  | { readonly kind: "interrupted"; readonly exitCode: number }
  | { readonly kind: "columns"; readonly columns: number };
