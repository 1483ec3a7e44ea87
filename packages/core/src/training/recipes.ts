import {
  caffeRecipe,
  cudaConvnetRecipe,
  d2lAlexNetRecipe,
  d2lLeNetRecipe,
  type ImageRecipe,
  paperRecipe,
  type Recipe,
  torchvisionRecipe,
} from "./recipe.js";

/** Section 2 and 4.1 of the paper: raw RGB, the shorter side 256 and its middle, random parts of that, mirrored, with color noise. */
const paperImages: ImageRecipe = {
  preprocessing: { resizeMode: "center-crop", shorterSide: 256, cropFrom: [256, 256], range: 255 },
  subtract: "mean-image",
  variation: { mirror: true },
  colorNoise: 0.1,
  views: "ten-crop",
};

/** The published trainings there are here, the 2012 paper's first. */
export const recipes: readonly Recipe[] = [
  {
    name: "paper",
    source: "the 2012 paper",
    model: "alexnet-2012",
    training: paperRecipe,
    images: paperImages,
  },
  {
    name: "caffe",
    source: "Caffe's bvlc_alexnet",
    model: "alexnet-caffe",
    training: caffeRecipe,
    images: {
      preprocessing: { resizeMode: "stretch", cropFrom: [256, 256], range: 255, channelOrder: "bgr" },
      subtract: "mean-image",
      variation: { mirror: true },
    },
  },
  {
    name: "torchvision",
    source: "torchvision's references/classification",
    model: "alexnet-torchvision",
    training: torchvisionRecipe,
    images: {
      preprocessing: {
        resizeMode: "center-crop",
        shorterSide: 256,
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
      },
      variation: { resizedCrop: { scale: [0.08, 1], ratio: [3 / 4, 4 / 3] }, mirror: true },
    },
  },
  {
    name: "d2l",
    source: "d2l.ai, section 8.1",
    model: "alexnet-d2l",
    training: d2lAlexNetRecipe,
    images: { preprocessing: { resizeMode: "stretch" } },
  },
  {
    name: "d2l-lenet",
    source: "d2l.ai, section 7.6",
    model: "lenet5",
    training: d2lLeNetRecipe,
    images: { preprocessing: { resizeMode: "stretch" } },
  },
  {
    name: "cuda-convnet",
    source: "cuda-convnet2's ILSVRC 2012",
    model: "alexnet-2012-1-tower",
    training: cudaConvnetRecipe,
    images: paperImages,
    biases: { learningRate: 2, weightDecay: 0 },
  },
];
