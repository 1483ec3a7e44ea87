import { type Shape, sizeOf, type Tensor } from "@alexnet/core";
import {
  type InputsOf,
  mapInputs,
  type OperationKind,
  operationKinds,
  type ProgramBuilder,
  programBuilder,
} from "@alexnet/core/program";
import { uniform } from "@alexnet/core/random";
import { truthOf } from "../operations/truth.js";
import { type Check, ConformanceError, checkPropagatesNaN } from "../suite/check.js";
import { runOnce } from "../suite/run-once.js";

const IMAGES: Shape = [2, 3, 7, 7];
const ROWS: Shape = [4, 5];
const WINDOW = { window: [3, 3], stride: [2, 2] } as const;

/** One operation on inputs of which the first holds some NaN. */
interface Case<Kind extends OperationKind> {
  readonly inputs: InputsOf<Kind, Shape>;
  /** Whether exactly the values that depend on a NaN must be NaN, or only these must be no numbers. */
  readonly exact?: boolean;
  /** Where the first input holds an infinite number as well, far from every NaN. */
  readonly infinite?: ReadonlyMap<number, number>;
  apply(builder: ProgramBuilder, inputs: InputsOf<Kind, string>): string;
}

const cases: { readonly [Kind in OperationKind]?: Case<Kind> } = {
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
  adamUpdate: {
    inputs: [ROWS, ROWS, ROWS, [], []],
    exact: true,
    apply: ({ apply }, inputs) => apply("adamUpdate", inputs, { epsilon: 1, rate: 1 }),
  },
  softmax: { inputs: [ROWS], apply: ({ apply }, inputs) => apply("softmax", inputs, {}) },
  softmaxCrossEntropy: {
    inputs: [ROWS, ROWS],
    apply: ({ apply }, inputs) => apply("softmaxCrossEntropy", inputs, {}),
  },
};

/** Level 2: a NaN is passed on, as IEEE 754 and PyTorch have it, so that a training gone wrong shows in its loss. */
export const notANumberChecks: readonly Check[] = operationKinds.flatMap((kind) => {
  const operationCase = cases[kind];
  return operationCase ? [checkOf(kind, operationCase)] : [];
});

function checkOf<Kind extends OperationKind>(kind: Kind, operationCase: Case<Kind>): Check {
  return {
    id: `operations/${kind} passes NaN on`,
    level: 2,
    operations: [kind],
    work: 0,
    async run({ backend, seed }) {
      checkPropagatesNaN(backend);
      const { program, feed } = programOf(kind, operationCase, seed);
      const truth = truthOf(program, feed).get("result")?.value ?? new Float64Array();
      const { result } = await runOnce(backend, program, feed);
      compare(result?.data ?? [], truth, operationCase.exact === true);
      return [];
    },
  };
}

function programOf<Kind extends OperationKind>(kind: Kind, { inputs, infinite, apply }: Case<Kind>, seed: number) {
  const builder = programBuilder(`NaN in ${kind}`);
  const feed = new Map<string, Tensor>();
  const names = mapInputs<Kind, Shape, string>(inputs, (shape) => {
    const index = feed.size;
    const data = uniform({ seed, purpose: `NaN:${kind}:${index}` }, sizeOf(shape));
    // At both ends, and where windows of a pooling overlap.
    if (index === 0) {
      for (const position of [0, Math.floor(data.length / 5), data.length - 1]) data[position] = NaN;
      for (const [position, value] of infinite ?? []) data[position] = value;
    }
    feed.set(`input${index}`, { shape, data });
    return builder.input(`input${index}`, shape);
  });
  builder.output(apply(builder, names), "result");
  return { program: builder.build(), feed: Object.fromEntries(feed) };
}

function compare(found: ArrayLike<number>, truth: Float64Array, exact: boolean): void {
  for (const [position, expected] of truth.entries()) {
    const value = found[position]!;
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
