import { gauge } from "../text/bar.js";
import { count } from "../text/format.js";
import type { Terminal } from "./terminal.js";

/** Shows how far something is, where a terminal can. */
export function gaugeLine(terminal: Terminal, what: string, done: number, total: number): void {
  if (terminal.interactive) terminal.status(`${what}  ${gauge(done / total, 24)}  ${count(done)}/${count(total)}`);
}
