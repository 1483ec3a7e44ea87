import { checkKind, checkOptions } from "@alexnet/core/support";
import { type Entry, entriesOf } from "../entries.js";
import type { ImageSource } from "../image-source.js";
import { FOLDER_OPTIONS, type ImageFolderOptions, imageFolder } from "../pictures/folder.js";
import { parquetFolder } from "../pictures/parquet/folder.js";
import type { PictureSource } from "../pictures/picture-source.js";
import { filesIn } from "../pictures/shard-files.js";
import { checkDivision } from "../pictures/split.js";
import { tarFolder } from "../pictures/tar/folder.js";
import { cifarFolder, holdsCifar } from "./cifar.js";
import { holdsIdx, idxFolder } from "./idx-folder.js";
import { holdsImagenet, imagenetFolder } from "./imagenet/folder.js";

/** Whether a folder, or one in it, holds files with this ending. */
const holdsFiles =
  (ending: string): Layout["holds"] =>
  async (entries, directory) =>
    (await filesIn(directory, entries, ending)).length > 0;

/** A way in which labeled images lie in a folder. */
interface Layout {
  holds(entries: readonly Entry[], directory: string): boolean | Promise<boolean>;
  open(directory: string, entries: readonly Entry[], options: ImageFolderOptions): Promise<ImageSource | PictureSource>;
}

/** In the order in which they are looked for; what is none of them is a folder of pictures for each class. */
const layouts: readonly Layout[] = [
  { holds: holdsCifar, open: cifarFolder },
  { holds: holdsIdx, open: idxFolder },
  { holds: holdsImagenet, open: imagenetFolder },
  { holds: holdsFiles(".parquet"), open: parquetFolder },
  { holds: holdsFiles(".tar"), open: tarFolder },
];

/**
 * Images of one's own, however they lie in a folder: a folder of pictures for each class (see `imageFolder`), IDX files (MNIST,
 * KMNIST, EMNIST), CIFAR-10's and CIFAR-100's binary files, WebDataset's tar archives,
 * Hugging Face's Parquet files, ILSVRC 2012 as it is published (its archives too).
 *
 * ```ts
 * const training = imageDataset(await openImages("my-images", { split: "train" }), { size: [224, 224] });
 * ```
 *
 * Throws `DatasetError`, which says what is wrong with the folder.
 */
export async function openImages(directory: string, options: ImageFolderOptions): Promise<ImageSource | PictureSource> {
  checkOptions("openImages", options, FOLDER_OPTIONS);
  checkDivision("openImages", options);
  checkKind("openImages: split", options.split, ["train", "test"]);
  const entries = await entriesOf(directory);
  for (const { holds, open } of layouts) {
    if (await holds(entries, directory)) return open(directory, entries, options);
  }
  return imageFolder(directory, options);
}
