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
export { readIdx } from "./idx/read-idx.js";
export { type DecodedImage, decodeImage } from "./image/decode-image.js";
export { imageTensor } from "./image/image-tensor.js";
export { type ImageDatasetOptions, imageDataset } from "./image-dataset.js";
export { type ImageFolderOptions, imageFolder } from "./image-folder.js";
export type { ImageSource } from "./image-source.js";
export { imagenetClassNames } from "./imagenet.js";
export type { OutputOptions } from "./output.js";
export type { Augmentation } from "./pixels/augment.js";
export type { PixelFormat } from "./pixels/format.js";
export { caffeNormalization, imagenetNormalization, type Normalization } from "./pixels/normalization.js";
export { type ColorSums, colorSums, type PrincipalComponents } from "./pixels/principal-components.js";
export type { Views } from "./pixels/views.js";
export { fashionMnist, mnist } from "./published/load.js";
export type { PublishedOptions } from "./published/load-published.js";
export type { Split } from "./published/manifest.js";
export { sample } from "./sample.js";
