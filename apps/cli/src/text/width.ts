// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences start with one.
const escapes = /\u001b\[[0-9;]*m/g;

/** How many columns a text takes: colors take none. Wide characters are not used. */
export function width(text: string): number {
  return [...text.replace(escapes, "")].length;
}

/** The text without its colors. */
export function withoutColors(text: string): string {
  return text.replace(escapes, "");
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
