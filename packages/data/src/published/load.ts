import type { ImageSource } from "../image-source.js";
import { fashionMnistManifest } from "./fashion-mnist.js";
import { loadPublished, type PublishedOptions } from "./load-published.js";
import { mnistManifest } from "./mnist.js";

/**
 * MNIST: 60,000 training and 10,000 test images of handwritten digits, gray, 28 x 28. Reads the four files
 * `train-images-idx3-ubyte.gz`, …, gzipped or not, and checks the MD5 of their uncompressed content, the number of
 * images and the range of the labels. Throws `DatasetError`, which names the file.
 */
export function mnist(options: PublishedOptions): Promise<ImageSource> {
  return loadPublished(mnistManifest, options);
}

/**
 * Fashion-MNIST: 60,000 training and 10,000 test images of clothing, gray, 28 x 28. Reads the four files
 * `train-images-idx3-ubyte.gz`, … and checks their MD5, the number of images and the range of the labels. Throws
 * `DatasetError`, which names the file.
 */
export function fashionMnist(options: PublishedOptions): Promise<ImageSource> {
  return loadPublished(fashionMnistManifest, options);
}
