import { fileURLToPath } from "node:url";
import { checkKind, checkOptions } from "@alexnet/core/support";
import { readIdx } from "./idx/read-idx.js";
import { checkedSource, type ImageSource } from "./image-source.js";
import { fashionClassNames } from "./published/fashion-mnist.js";
import type { Split } from "./published/manifest.js";
import { sharedCopy } from "./shared-copy.js";

const prefixes: Readonly<Record<Split, string>> = { train: "train", test: "t10k" };

/**
 * The sample that comes with this package: 900 real images of Fashion-MNIST, gray, 28 x 28, 90 of each class. The first
 * 75 of each class are for training (750), the last 15 for testing (150), sorted by class. Needs no network. Throws
 * `InvalidArgumentError` for another split.
 */
export async function sample(options: { readonly split: Split }): Promise<ImageSource> {
  checkOptions("sample", options, { split: true });
  const { split } = options;
  checkKind("sample: split", split, Object.keys(prefixes));
  const images = await readIdx(assetPath(`${prefixes[split]}-images-idx3-ubyte.gz`));
  const labels = await readIdx(assetPath(`${prefixes[split]}-labels-idx1-ubyte.gz`));
  return checkedSource({
    name: `fashion-mnist sample ${split}`,
    classNames: fashionClassNames,
    height: 28,
    width: 28,
    channels: 1,
    pixels: sharedCopy(images.data),
    labels: labels.data,
  });
}

function assetPath(name: string): string {
  return fileURLToPath(new URL(`../assets/fashion-mnist-sample/${name}`, import.meta.url));
}
