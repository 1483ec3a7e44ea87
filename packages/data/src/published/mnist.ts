import type { Manifest } from "./manifest.js";

/**
 * MNIST (LeCun, Cortes and Burges). The MD5s are of the uncompressed files, which are the same everywhere; the gzip
 * files of different mirrors are not.
 */
export const mnistManifest: Manifest = {
  name: "mnist",
  classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  height: 28,
  width: 28,
  md5Of: "content",
  splits: {
    train: {
      images: { name: "train-images-idx3-ubyte.gz", md5: "6bbc9ace898e44ae57da46a324031adb", bytes: 9_912_422 },
      labels: { name: "train-labels-idx1-ubyte.gz", md5: "a25bea736e30d166cdddb491f175f624", bytes: 28_881 },
    },
    test: {
      images: { name: "t10k-images-idx3-ubyte.gz", md5: "2646ac647ad5339dbf082846283269ea", bytes: 1_648_877 },
      labels: { name: "t10k-labels-idx1-ubyte.gz", md5: "27ae3e4e09519cfbb04c329615203637", bytes: 4_542 },
    },
  },
  mirrors: ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
};
