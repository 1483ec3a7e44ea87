import { basename, join, resolve } from "node:path";
import type { Tensor } from "@alexnet/core";
import { permutation } from "@alexnet/core/random";
import { defined } from "@alexnet/core/support";
import { type ImageSource, type ImagesReport, inspectImages, openImages, type PictureSource } from "@alexnet/data";
import { makeFolder } from "@alexnet/files";
import { datasetOf } from "../../choices/open-split.js";
import { contactSheet, type Tile } from "../../drawing/contact-sheet.js";
import { pictureOf } from "../../drawing/image.js";
import { encodePng } from "../../drawing/png.js";
import type { Context } from "../../program/context.js";
import { endingWith } from "../../program/ending-with.js";
import { gaugeLine } from "../../program/gauge-line.js";
import { writeFile } from "../../program/write-file.js";
import { reportText } from "./report-text.js";

export interface InspectFlags {
  readonly output?: string;
  readonly limit?: number;
  readonly testShare?: number;
  readonly splitSeed?: number;
  readonly json?: boolean;
}

/** Of the contact sheet. */
const SIDE = 96;
const COLUMNS = 10;
const TILES = 60;

/** `alexnet data inspect`. */
export async function inspectData(context: Context, folder: string, flags: InspectFlags): Promise<void> {
  const terminal = context.terminal();
  const { limit, testShare, splitSeed } = flags;
  const { output = `${basename(resolve(folder))}-report` } = flags;
  const reports = await endingWith(terminal, undefined, async (signal) => {
    const found: {
      readonly split: string;
      readonly report: ImagesReport;
      readonly source: ImageSource | PictureSource;
    }[] = [];
    for (const split of ["train", "test"] as const) {
      const source = await openImages(folder, { split, ...defined({ testShare, splitSeed }) });
      const report = await inspectImages(source, {
        ...defined({ limit }),
        onProgress: (done, total) => gaugeLine(terminal, `looking at ${split}`, done, total),
        signal,
      });
      found.push({ split, report, source });
    }
    return found;
  });
  terminal.status("");
  const [{ report, source }] = reports as [(typeof reports)[0]];
  await makeFolder(output);
  await writeFile(join(output, "contact-sheet.svg"), await sheetOf(source));
  if (report.statistics)
    await writeFile(join(output, "mean-image.png"), encodePng(meanPicture(report.statistics.meanImage)));
  const bad = reports.flatMap(({ report }) => report.bad);
  if (bad.length > 0) await writeFile(join(output, "bad.txt"), `${bad.join("\n")}\n`);
  if (flags.json) {
    const facts = reports.map(({ split, report: { statistics, ...others } }) => {
      const { meanImage: _, ...numbers } = statistics ?? {};
      return [split, { ...others, ...(statistics && { statistics: numbers }) }] as const;
    });
    terminal.print(JSON.stringify({ folder, output, ...Object.fromEntries(facts) }, undefined, 2));
    return;
  }
  terminal.print(reportText(reports));
  terminal.print(
    `\nPictures are in ${output}: contact-sheet.svg${report.statistics ? ", mean-image.png" : ""}${bad.length > 0 ? ", and in bad.txt what cannot be read" : ""}.`,
  );
}

/** Some images, drawn at random, with the names of their classes. */
async function sheetOf(source: ImageSource | PictureSource): Promise<string> {
  const dataset = await datasetOf(source, {
    ...{ inputSize: SIDE, channels: 3, mostBad: source.labels.length },
    preprocessing: { resizeMode: "center-crop", shorterSide: SIDE },
  });
  try {
    const order = permutation({ seed: 0, purpose: "contact sheet" }, dataset.length);
    const { images, labels } = await dataset.batch(order.subarray(0, TILES));
    const tiles = Array.from(
      labels,
      (label, index): Tile => ({ picture: pictureOf(images, index), caption: [dataset.classNames[label]!] }),
    );
    return contactSheet(dataset.name, tiles, COLUMNS);
  } finally {
    await dataset.dispose?.();
  }
}

function meanPicture({ shape, data }: Tensor) {
  return pictureOf({ shape: [1, ...shape], data: Float32Array.from(data, (value) => value / 255) });
}
