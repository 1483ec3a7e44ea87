import type { Preprocessing } from "@alexnet/core";
import type { Layout } from "./layout.js";

/** As PyTorch has every model. */
const pytorch = {
  suffixes: [".weight", ".bias"],
  filters: "OIHW",
  dense: "OI",
  flattened: "CHW",
  colors: "RGB",
} as const satisfies Partial<Layout>;

/** As TensorFlow has every model. */
const tensorflow = { filters: "HWIO", dense: "IO", flattened: "HWC" } as const satisfies Partial<Layout>;

/** torchvision.models.AlexNet_Weights.IMAGENET1K_V1.transforms(). */
const torchvisionPreprocessing: Preprocessing = {
  resizeMode: "center-crop",
  shorterSide: 256,
  range: 1,
  channelOrder: "rgb",
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/**
 * Caffe's classification example: resized as a whole, the mean color of ILSVRC 2012 taken off (ilsvrc_2012_mean.npy over all
 * pixels; blue first there, red first here), not divided by anything.
 */
const caffePreprocessing: Preprocessing = {
  resizeMode: "stretch",
  range: 255,
  channelOrder: "rgb",
  mean: [122.6789143406786, 116.66876761696767, 104.0069879317889],
};

/** d2l's Fashion-MNIST: resized as a whole, pixels from 0 to 1. */
const d2lPreprocessing: Preprocessing = { resizeMode: "stretch", range: 1 };

/** The layouts that other programs have for models of the zoo. */
export const layouts: readonly Layout[] = [
  {
    ...pytorch,
    family: "torchvision",
    model: "alexnet-torchvision",
    layers: {
      conv1: "features.0",
      conv2: "features.3",
      conv3: "features.6",
      conv4: "features.8",
      conv5: "features.10",
      fc6: "classifier.1",
      fc7: "classifier.4",
      fc8: "classifier.6",
    },
    preprocessing: torchvisionPreprocessing,
  },
  {
    ...pytorch,
    family: "d2l",
    model: "alexnet-d2l",
    layers: {
      conv1: "net.0",
      conv2: "net.3",
      conv3: "net.6",
      conv4: "net.8",
      conv5: "net.10",
      fc6: "net.14",
      fc7: "net.17",
      fc8: "net.20",
    },
    preprocessing: d2lPreprocessing,
  },
  {
    ...pytorch,
    family: "d2l",
    model: "lenet5",
    layers: { conv1: "net.0", conv2: "net.3", fc3: "net.7", fc4: "net.9", fc5: "net.11" },
    preprocessing: d2lPreprocessing,
  },
  caffeLayout("alexnet-caffe"),
  {
    ...tensorflow,
    family: "bvlc_alexnet.npy",
    model: "alexnet-caffe",
    suffixes: ["/weights", "/biases"],
    colors: "BGR",
    preprocessing: caffePreprocessing,
  },
];

/** Caffe's layout of a model whose layers have Caffe's names: blobs are numbered, and blue comes first. */
export function caffeLayout(model: string): Layout {
  return {
    ...pytorch,
    family: "caffe",
    model,
    suffixes: ["/0", "/1"],
    colors: "BGR",
    preprocessing: caffePreprocessing,
  };
}

/** Our own layout of a model, which needs no table: names and order as they are. */
export function ownLayout(model: string): Layout {
  return { ...pytorch, family: "alexnet", model };
}

/** Keras' and TensorFlow.js' layout of a model whose layers have our names. */
export function kerasLayout(model: string): Layout {
  return { ...tensorflow, family: "keras", model, suffixes: ["/kernel", "/bias"], colors: "RGB" };
}
