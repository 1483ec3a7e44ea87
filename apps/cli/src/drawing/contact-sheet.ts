import { truncate } from "../text/width.js";
import type { Picture } from "./image.js";
import { encodePng } from "./png.js";
import { MARGIN, svgDocument } from "./svg/document.js";
import { at, escapeText } from "./svg/escape.js";

/** A small picture and what stands below it, a line each. */
export interface Tile {
  readonly picture: Picture;
  readonly caption: readonly string[];
}

const GAP = 8;
const LINE = 14;
/** Columns of letters that fit under a pixel of a picture. */
const LETTERS = 1 / 6.2;

/** Small pictures side by side under a heading, each with its caption, as one SVG file: all pixels are one picture in it. */
export function contactSheet(heading: string, tiles: readonly Tile[], columns: number): string {
  const side = Math.max(1, ...tiles.flatMap(({ picture }) => [picture.width, picture.height]));
  const lines = Math.max(0, ...tiles.map(({ caption }) => caption.length));
  const rows = Math.ceil(tiles.length / columns);
  const [stepX, stepY] = [side + GAP, side + GAP + lines * LINE];
  const [width, height] = [columns * stepX, rows * stepY];
  const top = 44;
  const pixels = new Uint8Array(width * height * 4);
  for (const [index, { picture }] of tiles.entries()) {
    place(pixels, width, picture, (index % columns) * stepX, Math.floor(index / columns) * stepY);
  }
  const png = Buffer.from(encodePng({ width, height, channels: 4, pixels })).toString("base64");
  const captions = tiles.flatMap(({ caption }, index) =>
    caption.map((text, line) => {
      const x = MARGIN + (index % columns) * stepX;
      const y = top + Math.floor(index / columns) * stepY + side + LINE * (line + 1) - 2;
      return `  <text x="${at(x)}" y="${at(y)}">${escapeText(truncate(text, Math.floor(side * LETTERS)))}</text>`;
    }),
  );
  return svgDocument(heading, { width: width + 2 * MARGIN, height: top + height + MARGIN }, [
    `  <image x="${MARGIN}" y="${top}" width="${width}" height="${height}" href="data:image/png;base64,${png}"/>`,
    ...captions,
  ]);
}

/** Copies a picture into a larger one of four channels, of which it leaves what it does not cover transparent. */
function place(pixels: Uint8Array, stride: number, picture: Picture, left: number, top: number): void {
  const { width, height, channels, pixels: from } = picture;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = ((top + y) * stride + left + x) * 4;
      const at = (y * width + x) * channels;
      for (let color = 0; color < 3; color++) pixels[to + color] = from[at + (channels === 1 ? 0 : color)]!;
      pixels[to + 3] = 255;
    }
  }
}
