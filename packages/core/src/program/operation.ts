import type { Shape, Shape1, Shape2, Shape4 } from "../tensor.js";

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
  adamUpdate: { readonly epsilon: number; readonly rate: number };
}

/** The name of an operation. */
export type OperationKind = keyof OperationAttributes;

/** What each operation reads, in order, by the shape that each input has; a rest is what may be left out or repeated. */
export interface OperationInputs {
  conv2d: readonly [input: Shape4, filter: Shape4];
  conv2dGradInput: readonly [gradient: Shape4, filter: Shape4];
  conv2dGradFilter: readonly [input: Shape4, gradient: Shape4];
  maxPool: readonly [input: Shape4];
  maxPoolGrad: readonly [input: Shape4, output: Shape4, gradient: Shape4];
  avgPool: readonly [input: Shape4];
  avgPoolGrad: readonly [gradient: Shape4];
  lrn: readonly [input: Shape4];
  lrnGrad: readonly [input: Shape4, output: Shape4, gradient: Shape4];
  relu: readonly [input: Shape];
  reluGrad: readonly [output: Shape, gradient: Shape];
  sigmoid: readonly [input: Shape];
  sigmoidGrad: readonly [output: Shape, gradient: Shape];
  tanh: readonly [input: Shape];
  tanhGrad: readonly [output: Shape, gradient: Shape];
  matmul: readonly [a: Shape2, b: Shape2];
  addBias: readonly [input: ChannelShape, bias: Shape1];
  biasGrad: readonly [gradient: ChannelShape];
  multiply: readonly [a: Shape, b: Shape];
  add: readonly [a: Shape, b: Shape];
  scale: readonly [input: Shape];
  reshape: readonly [input: Shape];
  concat: readonly [part: Shape, ...others: Shape[]];
  slice: readonly [input: Shape];
  sliceGrad: readonly [gradient: Shape];
  softmax: readonly [logits: Shape2];
  softmaxCrossEntropy: readonly [logits: Shape2, labels: Shape2];
  softmaxCrossEntropyGrad: readonly [logits: Shape2, labels: Shape2];
  sgdUpdate: readonly [target: Shape, weight: Shape, gradient: Shape, ...learningRate: Shape[]];
  adamUpdate: readonly [weight: Shape, mean: Shape, variance: Shape, stepSize: Shape, rootCorrection: Shape];
}

/** The shape of what each operation gives. */
export interface OperationOutput {
  conv2d: Shape4;
  conv2dGradInput: Shape4;
  conv2dGradFilter: Shape4;
  maxPool: Shape4;
  maxPoolGrad: Shape4;
  avgPool: Shape4;
  avgPoolGrad: Shape4;
  lrn: Shape4;
  lrnGrad: Shape4;
  relu: Shape;
  reluGrad: Shape;
  sigmoid: Shape;
  sigmoidGrad: Shape;
  tanh: Shape;
  tanhGrad: Shape;
  matmul: Shape2;
  addBias: ChannelShape;
  biasGrad: Shape1;
  multiply: Shape;
  add: Shape;
  scale: Shape;
  reshape: Shape;
  concat: Shape;
  slice: Shape;
  sliceGrad: Shape;
  softmax: Shape2;
  softmaxCrossEntropy: readonly [];
  softmaxCrossEntropyGrad: Shape2;
  sgdUpdate: Shape;
  adamUpdate: Shape;
}

/** A shape with channels, `[N, C, …]`. */
export type ChannelShape = readonly [batch: number, channels: number, ...rest: number[]];

/** The inputs of an operation, one `Value` each: names, shapes, an engine's tensors. */
export type InputsOf<Kind extends OperationKind, Value> = Each<OperationInputs[Kind], Value>;

type Each<Tuple extends readonly unknown[], Value> = { readonly [Position in keyof Tuple]: Value };

/** One line of a program: it reads named values and defines one new value. To be told apart by `kind`. */
export type Operation<Kind extends OperationKind = OperationKind> = { readonly [K in Kind]: OperationOf<K> }[Kind];

/** An operation of a kind; of one of several kinds, it is an `Operation`. */
export interface OperationOf<Kind extends OperationKind> {
  readonly kind: Kind;
  readonly inputs: InputsOf<Kind, string>;
  readonly attributes: OperationAttributes[Kind];
  /** Name of the value it defines. */
  readonly output: string;
  /** Shape of that value. */
  readonly shape: OperationOutput[Kind];
}

/** Adds operations to the program a gradient is being derived for. Returns the name of the new value. */
export type Apply = <Kind extends OperationKind>(
  kind: Kind,
  inputs: InputsOf<Kind, string>,
  attributes: OperationAttributes[Kind],
) => string;

/** What a gradient rule is given. */
export interface GradientContext<Kind extends OperationKind> {
  readonly operation: OperationOf<Kind>;
  /** Shapes of the operation's inputs. */
  readonly inputShapes: OperationInputs[Kind];
  /** Name of the gradient of the loss with respect to the operation's output. */
  readonly gradient: string;
  /** Whether the gradient with respect to the input at this position is wanted. */
  needs(position: number): boolean;
  readonly apply: Apply;
}

/** Everything core knows about an operation. */
export interface OperationDefinition<Kind extends OperationKind> {
  /** What each input is called, in order. */
  readonly inputs: InputsOf<Kind, string>;
  /** How many of the last inputs may be left out; none unless told otherwise. */
  readonly optional?: number;
  /** The last input may be there any number of times. */
  readonly repeats?: boolean;
  /** Shape of the output; throws `ShapeError` when the inputs do not fit together. */
  shape(inputs: InputsOf<Kind, Shape>, attributes: OperationAttributes[Kind]): OperationOutput[Kind];
  /**
   * The gradient of the loss with respect to each input, `undefined` where there is none or it is not wanted.
   * Absent: the operation cannot be differentiated.
   */
  gradient?(context: GradientContext<Kind>): readonly (string | undefined)[];
  /** Multiply-adds of one execution; absent where products are not what the operation costs. */
  multiplyAdds?(
    inputs: OperationInputs[Kind],
    output: OperationOutput[Kind],
    attributes: OperationAttributes[Kind],
  ): number;
}
