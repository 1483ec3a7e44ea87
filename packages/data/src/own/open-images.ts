import { checkKind, checkOptions } from "@alexnet/core/support";
import { type Entry, entriesOf } from "../entries.js";
import type { ImageSource } from "../image-source.js";
import { type ImageFolderOptions, imageFolder } from "../pictures/folder.js";
import type { PictureSource } from "../pictures/picture-source.js";
import { cifarFolder, holdsCifar } from "./cifar.js";
import { holdsIdx, idxFolder } from "./idx-folder.js";

/** A way in which labeled images lie in a folder. */
interface Layout {
  holds(entries: readonly Entry[]): boolean;
  open(directory: string, entries: readonly Entry[], options: ImageFolderOptions): Promise<ImageSource | PictureSource>;
}

/** In the order in which they are looked for. */
const layouts: readonly Layout[] = [
  { holds: holdsCifar, open: cifarFolder },
  { holds: holdsIdx, open: idxFolder },
  { holds: () => true, open: (directory, _, options) => imageFolder(directory, options) },
];

/**
 * Images of one's own, however they lie in a folder: a folder of pictures for each class (see `imageFolder`), IDX files (MNIST,
 * KMNIST, EMNIST), CIFAR-10's and CIFAR-100's binary files.
 *
 * ```ts
 * const training = imageDataset(await openImages("my-images", { split: "train" }), { size: [224, 224] });
 * ```
 *
 * Throws `DatasetError`, which says what is wrong with the folder.
 */
export async function openImages(directory: string, options: ImageFolderOptions): Promise<ImageSource | PictureSource> {
  checkOptions<ImageFolderOptions>("openImages", options, { split: true, testShare: true, splitSeed: true });
  checkKind("openImages: split", options.split, ["train", "test"]);
  const entries = await entriesOf(directory);
  return layouts.find(({ holds }) => holds(entries))!.open(directory, entries, options);
}
