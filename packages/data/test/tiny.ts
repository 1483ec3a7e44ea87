import type { Manifest } from "../src/published/manifest.js";
import { md5 } from "../src/published/verify.js";
import { gzippedIdx, idx } from "./helpers.js";

const images = Array.from({ length: 3 * 2 * 2 }, (_, index) => index);

/** The files of a published dataset of three training images, 2 x 2, and one test image. */
export const tinyFiles: Readonly<Record<string, Buffer>> = {
  "train-images.gz": gzippedIdx([3, 2, 2], images),
  "train-labels.gz": gzippedIdx([3], [1, 0, 1]),
  "test-images.gz": gzippedIdx([1, 2, 2], [9, 8, 7, 6]),
  "test-labels.gz": gzippedIdx([1], [0]),
};

/** Its manifest, with the MD5s of these files in place of the right ones where given. */
export function tinyManifest(
  files: Readonly<Record<string, Buffer>> = tinyFiles,
  mirrors: readonly string[] = [],
): Manifest {
  const file = (name: string) => ({ name, md5: md5(files[name]!), bytes: files[name]!.byteLength });
  return {
    name: "tiny",
    classNames: ["cat", "dog"],
    height: 2,
    width: 2,
    md5Of: "file",
    splits: {
      train: { images: file("train-images.gz"), labels: file("train-labels.gz") },
      test: { images: file("test-images.gz"), labels: file("test-labels.gz") },
    },
    mirrors,
  };
}

/** The manifest of the training split with MD5s of the uncompressed content. */
export const tinyByContent: Manifest = {
  ...tinyManifest(),
  md5Of: "content",
  splits: {
    ...tinyManifest().splits,
    train: {
      images: { name: "train-images.gz", md5: md5(idx([3, 2, 2], images)), bytes: 28 },
      labels: { name: "train-labels.gz", md5: md5(idx([3], [1, 0, 1])), bytes: 11 },
    },
  },
};
