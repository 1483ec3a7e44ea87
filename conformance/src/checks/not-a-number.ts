import {
  type OperationKind,
  type ProgramBuilder,
  programBuilder,
  type Shape,
  sizeOf,
  type TensorMap,
  uniform,
} from "@alexnet/core";
import { truthOf } from "../operations/truth.js";
import { type Check, ConformanceError, checkPropagatesNaN } from "../suite/check.js";
import { runOnce } from "../suite/run-once.js";

const IMAGES: Shape = [2, 3, 7, 7];
const ROWS: Shape = [4, 5];
const WINDOW = { window: [3, 3], stride: [2, 2] } as const;

/** One operation on inputs of which the first holds some NaN. */
interface Case {
  readonly inputs: readonly Shape[];
  /** Whether exactly the values that depend on a NaN must be NaN, or only these must be no numbers. */
  readonly exact?: boolean;
  /** Where the first input holds an infinite number as well, far from every NaN. */
  readonly infinite?: ReadonlyMap<number, number>;
  apply(builder: ProgramBuilder, inputs: readonly string[]): string;
}

const cases: { readonly [Kind in OperationKind]?: Case } = {
  conv2d: {
    inputs: [IMAGES, [4, 3, 3, 3]],
    apply: ({ apply }, inputs) =>
      apply("conv2d", inputs, { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 }),
  },
  maxPool: {
    inputs: [IMAGES],
    exact: true,
    // Side by side in the middle of a channel: the largest of a window with both is infinite, though their sum is NaN.
    infinite: new Map([
      [2 * 49 + 24, Number.POSITIVE_INFINITY],
      [2 * 49 + 25, Number.NEGATIVE_INFINITY],
    ]),
    apply: ({ apply }, inputs) => apply("maxPool", inputs, { ...WINDOW, padding: [1, 0, 0, 1] }),
  },
  avgPool: { inputs: [IMAGES], apply: ({ apply }, inputs) => apply("avgPool", inputs, WINDOW) },
  lrn: {
    inputs: [IMAGES],
    apply: ({ apply }, inputs) => apply("lrn", inputs, { size: 3, k: 2, alpha: 0.1, beta: 0.75 }),
  },
  relu: { inputs: [IMAGES], apply: ({ apply }, inputs) => apply("relu", inputs, {}) },
  sigmoid: { inputs: [IMAGES], apply: ({ apply }, inputs) => apply("sigmoid", inputs, {}) },
  tanh: { inputs: [IMAGES], apply: ({ apply }, inputs) => apply("tanh", inputs, {}) },
  matmul: {
    inputs: [ROWS, [3, 5]],
    apply: ({ apply }, inputs) => apply("matmul", inputs, { transposeA: false, transposeB: true }),
  },
  addBias: { inputs: [IMAGES, [3]], apply: ({ apply }, inputs) => apply("addBias", inputs, {}) },
  multiply: { inputs: [ROWS, ROWS], apply: ({ apply }, inputs) => apply("multiply", inputs, {}) },
  add: { inputs: [ROWS, ROWS], apply: ({ apply }, inputs) => apply("add", inputs, {}) },
  scale: { inputs: [ROWS], apply: ({ apply }, inputs) => apply("scale", inputs, { factor: 0.5 }) },
  softmax: { inputs: [ROWS], apply: ({ apply }, inputs) => apply("softmax", inputs, {}) },
  softmaxCrossEntropy: {
    inputs: [ROWS, ROWS],
    apply: ({ apply }, inputs) => apply("softmaxCrossEntropy", inputs, {}),
  },
};

/** Level 2: a NaN is passed on, as IEEE 754 and PyTorch have it, so that a training gone wrong shows in its loss. */
export const notANumberChecks: readonly Check[] = Object.entries(cases).map(([kind, operationCase]) => ({
  id: `operations/${kind} passes NaN on`,
  level: 2,
  operations: [kind as OperationKind],
  work: 0,
  async run({ backend, seed }) {
    checkPropagatesNaN(backend);
    const { program, feed } = programOf(kind, operationCase, seed);
    const truth = truthOf(program, feed).get("result")?.value ?? new Float64Array();
    const { result } = await runOnce(backend, program, feed);
    compare(result?.data ?? [], truth, operationCase.exact === true);
    return [];
  },
}));

function programOf(kind: string, { inputs, infinite, apply }: Case, seed: number) {
  const builder = programBuilder(`NaN in ${kind}`);
  const names = inputs.map((shape, index) => builder.input(`input${index}`, shape));
  builder.output(apply(builder, names), "result");
  const feed: TensorMap = Object.fromEntries(
    inputs.map((shape, index) => {
      const data = uniform({ seed, purpose: `NaN:${kind}:${index}` }, sizeOf(shape));
      // At both ends, and where windows of a pooling overlap.
      if (index === 0) {
        for (const position of [0, Math.floor(data.length / 5), data.length - 1]) data[position] = NaN;
        for (const [position, value] of infinite ?? []) data[position] = value;
      }
      return [`input${index}`, { shape, data }];
    }),
  );
  return { program: builder.build(), feed };
}

function compare(found: ArrayLike<number>, truth: Float64Array, exact: boolean): void {
  for (const [position, expected] of truth.entries()) {
    const value = found[position] as number;
    if (Number.isNaN(expected) && (exact ? !Number.isNaN(value) : Number.isFinite(value))) {
      throw new ConformanceError(`Value ${position} depends on a NaN and should be NaN, but is ${value}.`);
    }
    const near = value === expected || Math.abs(value - expected) <= 1e-6;
    if (exact && !Number.isNaN(expected) && !near) {
      throw new ConformanceError(
        `Value ${position} does not depend on a NaN and should be ${expected}; it is ${value}.`,
      );
    }
  }
}
