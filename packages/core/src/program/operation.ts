import type { Shape } from "../tensor.js";

/** A pair of extents along height and width. */
export type Pair = readonly [height: number, width: number];

/** Rows and columns added around an image: `[top, left, bottom, right]`, each at least 0. */
export type Padding = readonly [top: number, left: number, bottom: number, right: number];

/** How a filter moves over an image. */
export interface ConvolutionAttributes {
  readonly stride: Pair;
  /** Zeros around the input. */
  readonly padding: Padding;
  /** Distance between neighboring taps of the filter; 1 is an ordinary filter. */
  readonly dilation: Pair;
  /** Input and output channels are cut into this many independent groups (the towers of the 2012 paper). */
  readonly groups: number;
}

/** How a pooling window moves over an image. The output size rounds down; windows may overlap. */
export interface MaxPoolAttributes {
  readonly window: Pair;
  readonly stride: Pair;
  /** Padding never wins: it counts as minus infinity. Smaller than the window. */
  readonly padding: Padding;
}

/** An average pooling window; every window lies inside the image, so the mean is over `window[0] · window[1]` values. */
export interface AvgPoolAttributes {
  readonly window: Pair;
  readonly stride: Pair;
}

/**
 * Local response normalization across channels, as in section 3.3 of Krizhevsky et al. (2012):
 * `b[c] = a[c] / (k + alpha · Σ a[j]²)^beta`, `j` over the `size` channels around `c` that exist.
 * `alpha` is the paper's: it is *not* divided by `size`.
 */
export interface LrnAttributes {
  /** Number of neighboring channels, odd. */
  readonly size: number;
  readonly k: number;
  readonly alpha: number;
  readonly beta: number;
}

/** An operation that has nothing to set. */
export type NoAttributes = Readonly<Record<never, never>>;

/** The closed set of operations and what each can be told. Definitions, shape rules and gradients: `operations/`. */
export interface OperationAttributes {
  conv2d: ConvolutionAttributes;
  conv2dGradInput: ConvolutionAttributes & { readonly inputSize: Pair };
  conv2dGradFilter: ConvolutionAttributes & { readonly filterSize: Pair };
  maxPool: MaxPoolAttributes;
  maxPoolGrad: MaxPoolAttributes;
  avgPool: AvgPoolAttributes;
  avgPoolGrad: AvgPoolAttributes & { readonly inputSize: Pair };
  lrn: LrnAttributes;
  lrnGrad: LrnAttributes;
  relu: NoAttributes;
  reluGrad: NoAttributes;
  sigmoid: NoAttributes;
  sigmoidGrad: NoAttributes;
  tanh: NoAttributes;
  tanhGrad: NoAttributes;
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean };
  addBias: NoAttributes;
  biasGrad: NoAttributes;
  multiply: NoAttributes;
  add: NoAttributes;
  scale: { readonly factor: number };
  reshape: { readonly shape: Shape };
  concat: { readonly axis: number };
  slice: { readonly axis: number; readonly start: number; readonly end: number };
  sliceGrad: { readonly axis: number; readonly start: number; readonly extent: number };
  softmax: NoAttributes;
  softmaxCrossEntropy: NoAttributes;
  softmaxCrossEntropyGrad: NoAttributes;
  sgdUpdate: { readonly momentum: number; readonly weightDecay: number; readonly rate: number };
}

export type OperationKind = keyof OperationAttributes;

/** One line of a program: it reads named values and defines one new value. */
export type Operation<Kind extends OperationKind = OperationKind> = {
  readonly [K in Kind]: {
    readonly kind: K;
    readonly inputs: readonly string[];
    readonly attributes: OperationAttributes[K];
    /** Name of the value it defines. */
    readonly output: string;
    /** Shape of that value. */
    readonly shape: Shape;
  };
}[Kind];

/** Adds operations to the program a gradient is being derived for. Returns the name of the new value. */
export type Apply = <Kind extends OperationKind>(
  kind: Kind,
  inputs: readonly string[],
  attributes: OperationAttributes[Kind],
) => string;

/** What a gradient rule is given. */
export interface GradientContext<Kind extends OperationKind> {
  readonly operation: Operation<Kind>;
  /** Shapes of the operation's inputs. */
  readonly inputShapes: readonly Shape[];
  /** Name of the gradient of the loss with respect to the operation's output. */
  readonly gradient: string;
  /** Whether the gradient with respect to the input at this position is wanted. */
  needs(position: number): boolean;
  readonly apply: Apply;
}

/** Everything core knows about an operation. */
export interface OperationDefinition<Kind extends OperationKind> {
  /** What each input is called, in order; a trailing `?` marks one that may be left out, `…` any number of them. */
  readonly inputs: readonly string[];
  /** Shape of the output; throws `ShapeError` when the inputs do not fit together. */
  shape(inputs: readonly Shape[], attributes: OperationAttributes[Kind]): Shape;
  /**
   * The gradient of the loss with respect to each input, `undefined` where there is none or it is not wanted.
   * Absent: the operation cannot be differentiated.
   */
  gradient?(context: GradientContext<Kind>): readonly (string | undefined)[];
  /** Multiply-adds of one execution; absent where products are not what the operation costs. */
  multiplyAdds?(inputs: readonly Shape[], output: Shape, attributes: OperationAttributes[Kind]): number;
}
