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
    (open: number, close: number) =>
    (text: string): string =>
      enabled && text !== "" ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    blue: style(34, 39),
    magenta: style(35, 39),
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
