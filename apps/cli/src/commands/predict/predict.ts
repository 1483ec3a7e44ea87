import { hasCode, predict, type Tensor, topClasses } from "@alexnet/core";
import { defined } from "@alexnet/core/support";
import { decodeImage, imagenetClassNames, imageTensor, type OutputOptions } from "@alexnet/data";
import { loadWeights } from "@alexnet/runs";
import { openBackend } from "../../choices/backends.js";
import { datasetEntries } from "../../choices/datasets.js";
import { modelOf } from "../../choices/model-of-weights.js";
import { LIMIT_WORDS } from "../../choices/open-split.js";
import { chooseWeights } from "../../choices/weights.js";
import type { Context } from "../../program/context.js";
import { describeError, exitCodes } from "../../program/errors.js";
import type { Terminal } from "../../program/terminal.js";
import { inOurWords } from "../../program/words.js";
import { bar } from "../../text/bar.js";
import { percent, plural } from "../../text/format.js";
import { padEnd, padStart, truncate, width } from "../../text/width.js";
import { inverted, isDarkOnLight } from "./background.js";
import { type PreprocessingFlags, preprocessingFor } from "./preprocessing.js";

export type PredictFlags = {
  readonly weights?: string;
  readonly download?: boolean;
  readonly model?: string;
  readonly inputSize?: number;
  readonly invert?: boolean;
  readonly mostPixels?: number;
  readonly backend?: string;
  readonly threads?: number;
  readonly json?: boolean;
} & PreprocessingFlags;

/** What is told of one picture. */
export interface Prediction {
  readonly image: string;
  readonly classes: readonly { readonly index: number; readonly name: string; readonly probability: number }[];
}

interface Picture {
  readonly path: string;
  readonly image: Tensor;
}

const TOP = 5;

/** ImageNet has this many classes; a model of as many that says nothing else was trained on it. */
const IMAGENET_CLASSES = 1000;

/** `alexnet predict`. A picture that cannot be read is told, and the others are predicted all the same. */
export async function predictImages(context: Context, paths: readonly string[], flags: PredictFlags): Promise<void> {
  const terminal = context.terminal();
  const location = await chooseWeights(flags.weights, flags.download, context);
  if (location === undefined) return;
  const weights = await loadWeights(location);
  const model = await modelOf(weights, flags);
  const imagenet = weights.info.classNames === undefined && model.classes === IMAGENET_CLASSES;
  const classNames = weights.info.classNames ?? (imagenet ? imagenetClassNames() : []);
  const { preprocessing, note: preparationNote } = preprocessingFor(weights, model, flags);
  if (preparationNote !== undefined) terminal.note(preparationNote);
  if (imagenet)
    terminal.note(`${weights.location} does not name its ${IMAGENET_CLASSES} classes: taken for ImageNet's.`);
  const [channels, ...size] = model.inputShape;
  // A model of another number of channels is refused with the first picture.
  const preparation: OutputOptions = { size, channels: channels as 1 | 3, ...preprocessing };
  const limits = defined({ mostPixels: flags.mostPixels });
  const pictures: Picture[] = [];
  const tell = (message: string): void => {
    terminal.note(`${terminal.noteColors.red("error:")} ${message}`);
    context.exitWith(exitCodes.failed);
  };
  // What these datasets show is light on black.
  const expectsDark = datasetEntries.some(({ name, isOnBlack }) => isOnBlack && name === weights.info.dataset);
  const turned: string[] = [];
  for (const path of paths) {
    try {
      const decoded = await inOurWords(LIMIT_WORDS, () => decodeImage(path, limits));
      if (expectsDark && !flags.invert && isDarkOnLight(decoded)) turned.push(path);
      pictures.push({ path, image: imageTensor(flags.invert ? inverted(decoded) : decoded, preparation) });
    } catch (error) {
      // Whatever is wrong with one picture, the others are predicted.
      const message = describeError(error);
      tell(message.includes(path) ? message : `${path}: ${message}`);
    }
  }
  if (turned.length > 0) {
    const which = turned.length === 1 ? `${turned[0]} is` : `${plural(turned.length, "picture")} are`;
    terminal.note(
      `${which} dark on light, and ${weights.info.dataset} shows light on black: the answer means little. --invert turns it round.`,
    );
  }
  if (pictures.length === 0) return;
  const backend = await openBackend(flags, terminal);
  const ask = async (asked: readonly Picture[]): Promise<readonly Prediction[]> => {
    const images = stack(asked.map(({ image }) => image));
    const { probabilities } = await predict({ model, backend, parameters: weights.parameters, images });
    return asked.map(({ path }, row): Prediction => {
      const scores = probabilities.data.subarray(row * model.classes, (row + 1) * model.classes);
      const classes = topClasses(scores, Math.min(TOP, model.classes));
      return {
        image: path,
        classes: classes.map(({ index, probability }) => ({
          index,
          name: classNames[index] ?? `class ${index}`,
          probability,
        })),
      };
    });
  };
  try {
    const predictions: Prediction[] = [];
    try {
      predictions.push(...(await ask(pictures)));
    } catch (error) {
      if (!hasCode(error, "NON_FINITE_OUTPUT") || pictures.length === 1) throw error;
      // The answers to some are not finite; those to the others may be.
      for (const picture of pictures) {
        await ask([picture]).then(
          (answers) => predictions.push(...answers),
          (failure: Error) => tell(`${picture.path}: ${failure.message}`),
        );
      }
    }
    if (predictions.length === 0) return;
    terminal.print(flags.json ? JSON.stringify(predictions, undefined, 2) : predictionsText(predictions, terminal));
  } finally {
    await backend.dispose();
  }
}

function stack(images: readonly Tensor[]): Tensor {
  const first = images[0]!;
  const data = new Float32Array(images.length * first.data.length);
  for (const [index, image] of images.entries()) data.set(image.data, index * first.data.length);
  return { shape: [images.length, ...first.shape.slice(1)], data };
}

function predictionsText(predictions: readonly Prediction[], terminal: Terminal): string {
  const names = predictions.flatMap(({ classes }) => classes.map(({ name }) => truncate(name, 36)));
  const nameColumns = Math.max(...names.map(width));
  const barColumns = 80 - nameColumns - 15;
  return predictions
    .map(({ image, classes }) =>
      [
        terminal.colors.bold(image),
        ...classes.map(({ name, probability }) =>
          `  ${padEnd(truncate(name, 36), nameColumns)}  ${padStart(percent(probability), 7)}  ${terminal.colors.blue(bar(probability, barColumns))}`.trimEnd(),
        ),
      ].join("\n"),
    )
    .join("\n\n");
}
