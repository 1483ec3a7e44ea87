import { InvalidArgumentError } from "../errors.js";
import type { Padding, Pair } from "../program/operation.js";
import { checkInitializer } from "../random/initializers.js";
import { checkOptions, describeValue } from "../support/options.js";
import type {
  ActivationLayer,
  AdaptiveAvgPoolLayer,
  AvgPoolLayer,
  Conv2dLayer,
  DenseLayer,
  DropoutLayer,
  FlattenLayer,
  LrnLayer,
  MaxPoolLayer,
  ParameterSettings,
} from "./layer.js";

/** One number for both height and width, or one for each. */
export type PairOption = number | Pair;

/** One number for all sides, `[vertical, horizontal]`, or `[top, left, bottom, right]`. */
export type PaddingOption = number | Pair | Padding;

/** Settings of a weight or bias; what is left out is PyTorch's default initializer and multipliers of 1. */
export type ParameterOption = Partial<ParameterSettings>;

/** What a layer with weights may be told of them. */
export interface ParametersOption {
  readonly weight?: ParameterOption;
  /** `false` for a layer without bias. */
  readonly bias?: ParameterOption | false;
}

const DEFAULT_PARAMETER: ParameterSettings = { initializer: { kind: "pytorch" }, learningRate: 1, weightDecay: 1 };

const PARAMETERS = { weight: true, bias: true } as const;

function checkParameter(option: ParameterOption | false | undefined, layer: string, what: string): void {
  if (!option) return;
  checkOptions<ParameterOption>(`Layer "${layer}": ${what}`, option, {
    initializer: true,
    learningRate: true,
    weightDecay: true,
  });
  if (option.initializer) checkInitializer(option.initializer, `Layer "${layer}": the initializer of its ${what}`);
}

function parameters({ weight, bias }: ParametersOption, layer: string): Pick<DenseLayer, "weight" | "bias"> {
  checkParameter(weight, layer, "weight");
  checkParameter(bias, layer, "bias");
  return {
    weight: { ...DEFAULT_PARAMETER, ...weight },
    bias: bias === false ? undefined : { ...DEFAULT_PARAMETER, ...bias },
  };
}

/** Throws `InvalidArgumentError` for a name that is no text and for options that the layer does not have. */
function checkLayer<Options extends object>(
  kind: string,
  name: string,
  options: Options,
  known: Readonly<Record<keyof Options, true>>,
): void {
  if (typeof name !== "string") {
    throw new InvalidArgumentError(`The first argument of ${kind} is the layer's name; got ${describeValue(name)}.`);
  }
  checkOptions(`Layer "${name}" (${kind})`, options, known);
}

function wholeNumber(value: number, least: number, layer: string, what: string): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new InvalidArgumentError(
      `Layer "${layer}": ${what} must be a whole number of at least ${least}; got ${describeValue(value)}.`,
    );
  }
  return value;
}

function pair(option: PairOption, layer: string, what: string): Pair {
  if (typeof option !== "number" && !(Array.isArray(option) && option.length === 2)) {
    throw new InvalidArgumentError(
      `Layer "${layer}": ${what} must be a number or [height, width]; got ${describeValue(option)}.`,
    );
  }
  const [height, width] = typeof option === "number" ? [option, option] : option;
  return [wholeNumber(height, 1, layer, what), wholeNumber(width, 1, layer, what)];
}

function padding(option: PaddingOption, layer: string): Padding {
  if (typeof option !== "number" && !(Array.isArray(option) && (option.length === 2 || option.length === 4))) {
    throw new InvalidArgumentError(
      `Layer "${layer}": padding must be a number, [vertical, horizontal] or [top, left, bottom, right]; got ` +
        `${describeValue(option)}.`,
    );
  }
  // Checked above: two or four.
  const [top, left, bottom = top, right = left] =
    typeof option === "number" ? ([option, option] as const) : (option as readonly [number, number, number?, number?]);
  const side = (extent: number): number => wholeNumber(extent, 0, layer, "padding");
  return [side(top), side(left), side(bottom), side(right)];
}

const WINDOW = { stride: true, padding: true } as const;

/** A convolution. Stride, dilation and groups default to 1, padding to 0. */
export function conv2d(
  name: string,
  options: {
    readonly filters: number;
    readonly kernel: PairOption;
    readonly stride?: PairOption;
    readonly padding?: PaddingOption;
    readonly dilation?: PairOption;
    readonly groups?: number;
  } & ParametersOption,
): Conv2dLayer {
  checkLayer("conv2d", name, options, {
    ...WINDOW,
    ...PARAMETERS,
    filters: true,
    kernel: true,
    dilation: true,
    groups: true,
  });
  return {
    kind: "conv2d",
    name,
    filters: wholeNumber(options.filters, 1, name, "filters"),
    kernel: pair(options.kernel, name, "kernel"),
    stride: pair(options.stride ?? 1, name, "stride"),
    padding: padding(options.padding ?? 0, name),
    dilation: pair(options.dilation ?? 1, name, "dilation"),
    groups: wholeNumber(options.groups ?? 1, 1, name, "groups"),
    ...parameters(options, name),
  };
}

/** A fully connected layer. */
export function dense(name: string, options: { readonly units: number } & ParametersOption): DenseLayer {
  checkLayer("dense", name, options, { units: true, ...PARAMETERS });
  return { kind: "dense", name, units: wholeNumber(options.units, 1, name, "units"), ...parameters(options, name) };
}

/** `max(0, x)` of every value (Krizhevsky et al., 2012, section 3.1). */
export function relu(name: string): ActivationLayer {
  return { kind: "relu", name };
}

/** `1 / (1 + e^−x)` of every value. */
export function sigmoid(name: string): ActivationLayer {
  return { kind: "sigmoid", name };
}

/** The hyperbolic tangent of every value. */
export function tanh(name: string): ActivationLayer {
  return { kind: "tanh", name };
}

/** Max pooling. The stride defaults to the window, padding to 0. */
export function maxPool(
  name: string,
  options: { readonly window: PairOption; readonly stride?: PairOption; readonly padding?: PaddingOption },
): MaxPoolLayer {
  checkLayer("maxPool", name, options, { window: true, ...WINDOW });
  return {
    kind: "maxPool",
    name,
    window: pair(options.window, name, "window"),
    stride: pair(options.stride ?? options.window, name, "stride"),
    padding: padding(options.padding ?? 0, name),
  };
}

/** Average pooling. The stride defaults to the window. */
export function avgPool(
  name: string,
  options: { readonly window: PairOption; readonly stride?: PairOption },
): AvgPoolLayer {
  checkLayer("avgPool", name, options, { window: true, stride: true });
  return {
    kind: "avgPool",
    name,
    window: pair(options.window, name, "window"),
    stride: pair(options.stride ?? options.window, name, "stride"),
  };
}

/** Averages to `outputSize` pixels whatever the size of the image, as PyTorch's `AdaptiveAvgPool2d`. */
export function adaptiveAvgPool(name: string, options: { readonly outputSize: PairOption }): AdaptiveAvgPoolLayer {
  checkLayer("adaptiveAvgPool", name, options, { outputSize: true });
  return { kind: "adaptiveAvgPool", name, outputSize: pair(options.outputSize, name, "outputSize") };
}

/** Local response normalization with the constants of the 2012 paper, section 3.3, unless told otherwise. */
export function lrn(
  name: string,
  options: Partial<Pick<LrnLayer, "size" | "k" | "alpha" | "beta" | "groups">> = {},
): LrnLayer {
  checkLayer("lrn", name, options, { size: true, k: true, alpha: true, beta: true, groups: true });
  const { size = 5, k = 2, alpha = 1e-4, beta = 0.75, groups = 1 } = options;
  wholeNumber(size, 1, name, "size");
  if (size % 2 === 0) throw new InvalidArgumentError(`Layer "${name}": size must be odd; got ${size}.`);
  for (const [what, value] of Object.entries({ k, alpha, beta })) {
    if (!Number.isFinite(value)) {
      throw new InvalidArgumentError(`Layer "${name}": ${what} must be a number; got ${describeValue(value)}.`);
    }
  }
  return { kind: "lrn", name, size, k, alpha, beta, groups: wholeNumber(groups, 1, name, "groups") };
}

/** Dropout at the paper's rate of 0.5 unless told otherwise. */
export function dropout(name: string, options: { readonly rate?: number } = {}): DropoutLayer {
  checkLayer("dropout", name, options, { rate: true });
  const { rate = 0.5 } = options;
  if (!(rate >= 0 && rate < 1)) {
    throw new InvalidArgumentError(`Layer "${name}": rate must be at least 0 and below 1; got ${rate}.`);
  }
  return { kind: "dropout", name, rate };
}

/** `[N, C, H, W]` to `[N, C · H · W]`: what a dense layer reads. */
export function flatten(name: string): FlattenLayer {
  return { kind: "flatten", name };
}
