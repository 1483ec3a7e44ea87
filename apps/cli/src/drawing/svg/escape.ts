/** Text as it must be written inside SVG. */
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** A coordinate; a tenth of a pixel is enough. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}
