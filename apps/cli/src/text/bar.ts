const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of up to so many columns for a share between 0 and 1, exact to an eighth of a column. */
export function bar(share: number, columns: number): string {
  const filled = Math.round(within(share) * columns * 8);
  return "█".repeat(Math.floor(filled / 8)) + eighths[filled % 8];
}

/** A bar of exactly so many columns whose empty part shows too. */
export function gauge(share: number, columns: number): string {
  const filled = Math.floor(within(share) * columns);
  return "━".repeat(filled) + "┄".repeat(columns - filled);
}

/** The share within 0 and 1; NaN fills nothing. */
function within(share: number): number {
  return share > 0 ? Math.min(1, share) : 0;
}
