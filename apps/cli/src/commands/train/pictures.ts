import { join } from "node:path";
import type { Tensor } from "@alexnet/core";
import { imageCharts, type NamedHistory } from "../../drawing/history-charts.js";
import { pictureOf } from "../../drawing/image.js";
import { encodePng } from "../../drawing/png.js";
import { svgFigure } from "../../drawing/svg/figure.js";
import { writeFile } from "../../program/write-file.js";

/** Loss and accuracy of a run, and the picture of a test image, in its folder. */
export const CURVES = "curves.svg";
export const EXAMPLE = "example.png";

/** Draws how trainings went, into a folder of theirs. */
export async function writeCurves(
  directory: string,
  heading: string,
  histories: readonly NamedHistory[],
  name = CURVES,
): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, svgFigure(heading, imageCharts(histories)));
  return path;
}

/** Writes an image, `[1, C, H, W]` from 0 to 1, into the run folder, so that there is one at hand to try `predict` on. */
export async function writeExample(directory: string, image: Tensor): Promise<void> {
  await writeFile(join(directory, EXAMPLE), encodePng(pictureOf(image)));
}
