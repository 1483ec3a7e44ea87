/**
 * Datasets for AlexNet for TypeScript: MNIST, Fashion-MNIST, an embedded sample, image decoding and batches made on
 * another thread.
 *
 * @module @alexnet/data
 */
export { subset, take } from "./combinators.js";
export { downloadDataset, type PublishedName } from "./download/download-dataset.js";
export type { DownloadOptions, DownloadProgress } from "./download/download-published.js";
export type { IdxArray } from "./idx/parse-idx.js";
export { type ReadIdxOptions, readIdx } from "./idx/read-idx.js";
export { decodeImage } from "./image/decode-image.js";
export { imageTensor } from "./image/image-tensor.js";
export { type ImageDatasetOptions, imageDataset } from "./image-dataset.js";
export type { ImageSource } from "./image-source.js";
export { type ImageStatisticsOptions, imageStatistics } from "./image-statistics.js";
export { imagenetClassNames } from "./imagenet.js";
export {
  type ImagesReport,
  type InspectOptions,
  inspectImages,
  type Range,
} from "./inspect/inspect-images.js";
export type { OutputOptions } from "./output.js";
export { openImages } from "./own/open-images.js";
export type { FileStorage } from "./pictures/files.js";
export { type ImageFolderOptions, imageFolder } from "./pictures/folder.js";
export type { PictureLimits } from "./pictures/limits.js";
export type { PackedTexts } from "./pictures/packed-texts.js";
export type { BadPicture, PictureSource } from "./pictures/picture-source.js";
export type { Division } from "./pictures/split.js";
export type { Storage } from "./pictures/storage.js";
export type { DecodedImage, PixelFormat } from "./pixels/format.js";
export { caffeNormalization, imagenetNormalization, type Normalization } from "./pixels/normalization.js";
export { type ColorSums, colorSums } from "./pixels/principal-components.js";
export type { Views } from "./pixels/views.js";
export type { PreparedDataset, PreparedStatistics } from "./prepare/manifest.js";
export type { PackingOptions, PrepareOptions, PrepareProgress } from "./prepare/options.js";
export { prepareShards } from "./prepare/prepare-shards.js";
export { fashionMnist, mnist } from "./published/load.js";
export type { PublishedOptions } from "./published/load-published.js";
export type { Split } from "./published/manifest.js";
export { sample } from "./sample.js";
export type { ImageStatistics } from "./statistics.js";
