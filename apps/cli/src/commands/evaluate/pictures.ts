import { join } from "node:path";
import type { Evaluation, Model, TensorMap } from "@alexnet/core";
import type { ImageSource, PictureSource } from "@alexnet/data";
import { makeFolder } from "@alexnet/files";
import { datasetOf } from "../../choices/open-split.js";
import { contactSheet, type Tile } from "../../drawing/contact-sheet.js";
import { pictureOf } from "../../drawing/image.js";
import { writeFile } from "../../program/write-file.js";
import { percent } from "../../text/format.js";
import { CONFUSION, writeConfusion, writeFilters } from "../train/pictures.js";

/** Of the sheet of the worst images. */
const SIDE = 128;
const COLUMNS = 8;
const WORST = "worst.svg";

/** So many of the worst images are shown. */
export const MOST_WORST = 40;

/** Draws an evaluation into a folder: which classes are confused, the images with the largest losses, the first filters. Returns the names. */
export async function writeReport(
  directory: string,
  {
    evaluation,
    source,
    classNames,
    model,
    parameters,
    heading,
  }: {
    readonly evaluation: Evaluation;
    readonly source: ImageSource | PictureSource;
    readonly classNames: readonly string[];
    readonly model: Model;
    readonly parameters: TensorMap;
    readonly heading: string;
  },
): Promise<readonly string[]> {
  await makeFolder(directory);
  await writeConfusion(directory, heading, evaluation, classNames);
  const sheet = await worstSheet(heading, evaluation, source, classNames);
  await writeFile(join(directory, WORST), sheet);
  const filters = await writeFilters(directory, model, parameters);
  return [CONFUSION, WORST, ...(filters === undefined ? [] : [filters])];
}

async function worstSheet(
  heading: string,
  { worst = [] }: Evaluation,
  source: ImageSource | PictureSource,
  classNames: readonly string[],
): Promise<string> {
  const plain = await datasetOf(source, {
    ...{ inputSize: SIDE, mostBad: source.labels.length },
    preprocessing: { resizeMode: "center-crop", shorterSide: SIDE },
  });
  try {
    const { images } = await plain.batch(worst.map(({ index }) => index));
    const tiles = worst.map(
      ({ label, answer, probability }, position): Tile => ({
        picture: pictureOf(images, position),
        caption: [classNames[label]!, `${percent(probability)} ${classNames[answer]!}`],
      }),
    );
    return contactSheet(`${heading}: the largest losses`, tiles, COLUMNS);
  } finally {
    await plain.dispose?.();
  }
}
