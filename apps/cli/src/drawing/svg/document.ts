import { escapeText } from "./escape.js";

/** Space around everything, pixels. */
export const MARGIN = 16;

/**
 * What figures share, light and dark. Plain properties instead of CSS variables: converters such as librsvg know only
 * these.
 */
const STYLE = `
    text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #3d444d; }
    .heading { font-size: 16px; font-weight: 600; fill: #1f2328; }
    .title { font-size: 13px; font-weight: 600; fill: #1f2328; }
    .background { fill: #ffffff; }
    .grid { stroke: #d8dee4; stroke-width: 1; }
    .axis { stroke: #6e7781; stroke-width: 1; }
    .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
    .marks { fill: none; stroke-width: 2; stroke-dasharray: 6 4; stroke-linejoin: round; }
    .faint { stroke-width: 1; opacity: 0.4; }
    .stroke0 { stroke: #0969da; } .fill0 { fill: #0969da; }
    .stroke1 { stroke: #bc4c00; } .fill1 { fill: #bc4c00; }
    .fillBaseline { fill: #8c959f; }
    @media (prefers-color-scheme: dark) {
      text { fill: #b1bac4; }
      .heading, .title { fill: #f0f6fc; }
      .background { fill: #0d1117; }
      .grid { stroke: #30363d; }
      .axis { stroke: #8b949e; }
      .stroke0 { stroke: #58a6ff; } .fill0 { fill: #58a6ff; }
      .stroke1 { stroke: #f0883e; } .fill1 { fill: #f0883e; }
    }
  `;

/** A picture under a heading, as an SVG file that needs nothing else and follows light and dark. */
export function svgDocument(
  heading: string,
  { width, height }: { readonly width: number; readonly height: number },
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `  <title>${escapeText(heading)}</title>`,
    `  <style>${STYLE}</style>`,
    `  <rect class="background" width="${width}" height="${height}"/>`,
    `  <text class="heading" x="${MARGIN}" y="28">${escapeText(heading)}</text>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}
