import { stripVTControlCharacters } from "node:util";

/** How many columns a text takes: colors take none. Wide characters are not used. */
export function width(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}

export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - width(text))) + text;
}

/** The text cut to so many columns, with `…` where something is missing. */
export function truncate(text: string, columns: number): string {
  const letters = [...text];
  return letters.length <= columns ? text : `${letters.slice(0, Math.max(0, columns - 1)).join("")}…`;
}
