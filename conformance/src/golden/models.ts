import {
  alexnet2012,
  alexnetCaffe,
  alexnetD2l,
  alexnetTorchvision,
  lenet5,
  type Model,
} from "@alexnet/core";

/** The models that PyTorch has computed goldens of, by the name of their file in `golden/`. */
export const goldenModels: Readonly<Record<string, () => Model>> = {
  alexnet2012: () => alexnet2012(),
  "alexnet2012-1tower": () => alexnet2012({ towers: 1 }),
  alexnetCaffe: () => alexnetCaffe(),
  alexnetTorchvision: () => alexnetTorchvision(),
  alexnetD2l: () => alexnetD2l(),
  lenet5: () => lenet5(),
};
