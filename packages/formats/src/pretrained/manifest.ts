/** Weights that somebody has published. */
export interface PretrainedWeights {
  /** Whose they are and what they are called there: `torchvision/alexnet`. */
  readonly name: string;
  /** Name of the file. */
  readonly file: string;
  /** Addresses of folders that hold the file, tried in this order. */
  readonly mirrors: readonly string[];
  /** SHA-256 of the file in hexadecimal. */
  readonly sha256: string;
  /** Its size. */
  readonly bytes: number;
  /** Under which terms they are published. */
  readonly licence: string;
  /** The model of the zoo. */
  readonly model: string;
  /** What they are told to reach on ImageNet's validation set where they were published: shares of images, one crop. */
  readonly accuracy: { readonly top1: number; readonly top5: number };
  /** Where they are described. */
  readonly source: string;
}

/** The weights that are known by name. How their images are prepared is in `layouts`, by their family. */
export const pretrainedWeights: readonly PretrainedWeights[] = [
  {
    name: "torchvision/alexnet",
    file: "alexnet-owt-7be5be79.pth",
    mirrors: ["https://download.pytorch.org/models/"],
    sha256: "7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02",
    bytes: 244_408_911,
    licence: "BSD-3-Clause (torchvision)",
    model: "alexnet-torchvision",
    accuracy: { top1: 0.56522, top5: 0.79066 },
    source: "torchvision.models.AlexNet_Weights.IMAGENET1K_V1",
  },
  {
    name: "caffe/alexnet",
    file: "bvlc_alexnet.caffemodel",
    mirrors: ["http://dl.caffe.berkeleyvision.org/"],
    sha256: "4bff209a9837298157915ef50a4831a59636a6ca1a6b8ebacd990c3a5f3053e0",
    bytes: 243_862_414,
    licence: "unrestricted (BVLC)",
    model: "alexnet-caffe",
    accuracy: { top1: 0.571, top5: 0.802 },
    source: "models/bvlc_alexnet/readme.md of Caffe",
  },
];
