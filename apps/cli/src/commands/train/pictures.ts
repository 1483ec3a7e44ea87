import { join } from "node:path";
import type { Evaluation, Model, Tensor, TensorMap } from "@alexnet/core";
import { confusionSvg } from "../../drawing/confusion.js";
import { filtersPicture } from "../../drawing/filters.js";
import { imageCharts, type NamedHistory } from "../../drawing/history-charts.js";
import { pictureOf } from "../../drawing/image.js";
import { encodePng } from "../../drawing/png.js";
import { svgFigure } from "../../drawing/svg/figure.js";
import { writeFile } from "../../program/write-file.js";

/** Loss and accuracy of a run, and the picture of a test image, in its folder. */
export const CURVES = "curves.svg";
export const EXAMPLE = "example.png";
/** Which classes are taken for which, by the last evaluation, and the filters of the first convolution. */
export const CONFUSION = "confusion.svg";
export const FILTERS = "filters.png";

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

/** Draws which classes are taken for which, and how often, into the run folder. */
export async function writeConfusion(
  directory: string,
  heading: string,
  evaluation: Evaluation,
  classNames: readonly string[],
): Promise<void> {
  await writeFile(join(directory, CONFUSION), confusionSvg(heading, evaluation, classNames));
}

/** Draws the filters of the first convolution into a folder, where they can be seen: those of gray or colors. */
export async function writeFilters(
  directory: string,
  model: Model,
  parameters: TensorMap,
): Promise<string | undefined> {
  const first = model.layers.find(({ kind }) => kind === "conv2d");
  const weight = first && parameters[`${first.name}.weight`];
  const picture = weight && filtersPicture(weight);
  if (!picture) return undefined;
  await writeFile(join(directory, FILTERS), encodePng(picture));
  return FILTERS;
}

/** Writes an image, `[1, C, H, W]` from 0 to 1, into the run folder, so that there is one at hand to try `predict` on. */
export async function writeExample(directory: string, image: Tensor): Promise<void> {
  await writeFile(join(directory, EXAMPLE), encodePng(pictureOf(image)));
}
