import type { Manifest } from "./manifest.js";

/** Names of Fashion-MNIST's classes, in index order. */
export const fashionClassNames: readonly string[] = Object.freeze([
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
]);

/** Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017); the MD5s are those its repository gives for the gzip files. */
export const fashionMnistManifest: Manifest = {
  name: "fashion-mnist",
  classNames: fashionClassNames,
  height: 28,
  width: 28,
  md5Of: "file",
  splits: {
    train: {
      images: { name: "train-images-idx3-ubyte.gz", md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d", bytes: 26_421_880 },
      labels: { name: "train-labels-idx1-ubyte.gz", md5: "25c81989df183df01b3e8a0aad5dffbe", bytes: 29_515 },
    },
    test: {
      images: { name: "t10k-images-idx3-ubyte.gz", md5: "bef4ecab320f06d8554ea6380940ec79", bytes: 4_422_102 },
      labels: { name: "t10k-labels-idx1-ubyte.gz", md5: "bb300cfdad3c16e7a12a480ee83cd310", bytes: 5_148 },
    },
  },
  mirrors: ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
};
