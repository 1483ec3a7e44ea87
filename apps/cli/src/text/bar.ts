const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of up to so many columns for a share between 0 and 1, exact to an eighth of a column. */
export function bar(share: number, columns: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * columns * 8);
  return "█".repeat(Math.floor(filled / 8)) + eighths[filled % 8];
}

/** A bar of exactly so many columns whose empty part shows too. */
export function gauge(share: number, columns: number): string {
  const filled = Math.floor(Math.min(1, Math.max(0, share)) * columns);
  return "━".repeat(filled) + "┄".repeat(columns - filled);
}
