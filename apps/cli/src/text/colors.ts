import { styleText } from "node:util";

/** Ways to make a piece of text stand out; each returns the text as it is when colors are off. */
export interface Colors {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  blue(text: string): string;
  magenta(text: string): string;
}

export function colors(enabled: boolean): Colors {
  const style =
    (name: keyof Colors) =>
    (text: string): string =>
      // Whether a stream takes colors has been decided, by flags too.
      enabled && text !== "" ? styleText(name, text, { validateStream: false }) : text;
  return {
    bold: style("bold"),
    dim: style("dim"),
    red: style("red"),
    green: style("green"),
    yellow: style("yellow"),
    blue: style("blue"),
    magenta: style("magenta"),
  };
}

/**
 * Whether to use colors: `--no-color` and `NO_COLOR` (any text, https://no-color.org) say no, `FORCE_COLOR` says yes;
 * else a terminal gets them, unless it calls itself dumb.
 */
export function wantsColor(options: {
  readonly flag: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
}): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = options.environment;
  if (!options.flag || (NO_COLOR !== undefined && NO_COLOR !== "")) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "" && FORCE_COLOR !== "0") return true;
  return options.isTerminal && TERM !== "dumb";
}
