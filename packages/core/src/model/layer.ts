import type { LrnAttributes, Padding, Pair } from "../program/operation.js";
import type { Initializer } from "../random/initializers.js";

/** How one parameter starts and learns. */
export interface ParameterSettings {
  readonly initializer: Initializer;
  /** Times the learning rate (Caffe's `lr_mult`). */
  readonly learningRate: number;
  /** Times the weight decay (Caffe's `decay_mult`). */
  readonly weightDecay: number;
}

interface Named {
  /** Unique within the model; parameters and layer outputs are named after it. */
  readonly name: string;
}

/** A convolution with its bias: `[N, C, H, W]` to `[N, filters, H', W']`. */
export interface Conv2dLayer extends Named {
  readonly kind: "conv2d";
  readonly filters: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
  readonly dilation: Pair;
  readonly groups: number;
  readonly weight: ParameterSettings;
  readonly bias: ParameterSettings | undefined;
}

/** A fully connected layer with its bias: `[N, features]` to `[N, units]`. */
export interface DenseLayer extends Named {
  readonly kind: "dense";
  readonly units: number;
  readonly weight: ParameterSettings;
  readonly bias: ParameterSettings | undefined;
}

/** Applies a function to every value: `max(0, x)`, `1 / (1 + e^−x)` or `tanh x`. */
export interface ActivationLayer extends Named {
  readonly kind: "relu" | "sigmoid" | "tanh";
}

/** The largest value of every window, `[N, C, H, W]` to `[N, C, H', W']`; windows may overlap, and the output size rounds down. */
export interface MaxPoolLayer extends Named {
  readonly kind: "maxPool";
  readonly window: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
}

/** The mean of every window, `[N, C, H, W]` to `[N, C, H', W']`; windows lie inside the image, and the output size rounds down. */
export interface AvgPoolLayer extends Named {
  readonly kind: "avgPool";
  readonly window: Pair;
  readonly stride: Pair;
}

/** Averages over as many windows as the output has pixels, whatever the input size, as PyTorch's `AdaptiveAvgPool2d`. */
export interface AdaptiveAvgPoolLayer extends Named {
  readonly kind: "adaptiveAvgPool";
  readonly outputSize: Pair;
}

/** Local response normalization; with `groups` above 1, channels see only neighbors of their own group (tower). */
export interface LrnLayer extends Named, LrnAttributes {
  readonly kind: "lrn";
  readonly groups: number;
}

/** In training, sets each value to zero with probability `rate` and scales the rest by `1 / (1 − rate)`. */
export interface DropoutLayer extends Named {
  readonly kind: "dropout";
  readonly rate: number;
}

/** `[N, C, H, W]` to `[N, C · H · W]`. */
export interface FlattenLayer extends Named {
  readonly kind: "flatten";
}

/** The kinds of layer there are. */
export const layerKinds = [
  "conv2d",
  "dense",
  "relu",
  "sigmoid",
  "tanh",
  "maxPool",
  "avgPool",
  "adaptiveAvgPool",
  "lrn",
  "dropout",
  "flatten",
] as const satisfies readonly Layer["kind"][];

/** A layer of a model, plain data; `layers` has a function that makes each. */
export type Layer =
  | Conv2dLayer
  | DenseLayer
  | ActivationLayer
  | MaxPoolLayer
  | AvgPoolLayer
  | AdaptiveAvgPoolLayer
  | LrnLayer
  | DropoutLayer
  | FlattenLayer;
