import { referenceKernels } from "@alexnet/backend-reference";
import { mapInputs } from "@alexnet/core/program";
import { type Mutant, referenceWith, type Shape4, toHalf, withKernel } from "./mutant.js";

const { adamUpdate, conv2d, matmul, maxPool, sgdUpdate, softmax } = referenceKernels;

/** The filter with each of its planes read column by column. */
function transposedTaps(filter: Float64Array, [, , height, width]: Shape4): Float64Array {
  const taps = height * width;
  return filter.map((_, index) => {
    const tap = index % taps;
    const turned = (tap % height) * width + Math.floor(tap / height);
    return filter[index - tap + turned] as number;
  });
}

/** The channels of an image batch in another order of groups. */
function swappedGroups(images: Float64Array, [batch, channels, height, width]: Shape4, groups: number): Float64Array {
  const group = (channels / groups) * height * width;
  return images.map((_, index) => {
    const inBatch = index % (images.length / batch);
    const from = ((Math.floor(inBatch / group) + 1) % groups) * group + (inBatch % group);
    return images[index - inBatch + from] as number;
  });
}

export const operationMutants: readonly Mutant[] = [
  {
    name: "maxPool passes over NaN",
    level: 2,
    ...withKernel("maxPool", ([input], operation, shapes) =>
      maxPool([(input as Float64Array).map((value) => (Number.isNaN(value) ? -1e9 : value))], operation, shapes),
    ),
  },
  {
    name: "maxPool to which an infinite number is none",
    level: 2,
    ...withKernel("maxPool", (...given) =>
      maxPool(...given).map((value) => (value === Number.POSITIVE_INFINITY ? Number.NaN : value)),
    ),
  },
  {
    name: "concat of a single part forgets it",
    level: 2,
    ...withKernel("concat", (inputs, operation, shapes) =>
      inputs.length === 1
        ? new Float64Array(inputs[0]?.length ?? 0)
        : referenceKernels.concat(inputs, operation, shapes),
    ),
  },
  {
    name: "conv2d with its filter transposed",
    level: 2,
    ...withKernel("conv2d", ([input, filter], operation, shapes) =>
      conv2d([input as Float64Array, transposedTaps(filter as Float64Array, shapes[1] as Shape4)], operation, shapes),
    ),
  },
  {
    name: "conv2d that pads one pixel too far up and left",
    level: 2,
    ...withKernel("conv2d", (inputs, operation, shapes) => {
      const [top, left, bottom, right] = operation.attributes.padding;
      const padding = [top + 1, left + 1, bottom - 1, right - 1] as const;
      return conv2d(inputs, { ...operation, attributes: { ...operation.attributes, padding } }, shapes);
    }),
  },
  {
    name: "conv2d that takes uneven padding for even",
    level: 2,
    ...withKernel("conv2d", (inputs, operation, shapes) => {
      const [top, left, bottom, right] = operation.attributes.padding;
      const padding = [bottom, right, top, left] as const;
      return conv2d(inputs, { ...operation, attributes: { ...operation.attributes, padding } }, shapes);
    }),
  },
  {
    name: "conv2d with its groups in another order",
    level: 2,
    ...withKernel("conv2d", (inputs, operation, shapes) =>
      swappedGroups(conv2d(inputs, operation, shapes), operation.shape as Shape4, operation.attributes.groups),
    ),
  },
  {
    name: "conv2d without dilation",
    level: 2,
    ...withKernel("conv2d", (inputs, operation, shapes) =>
      conv2d(inputs, { ...operation, attributes: { ...operation.attributes, dilation: [1, 1] } }, shapes),
    ),
  },
  {
    name: "conv2d in float16",
    level: 2,
    ...withKernel("conv2d", (inputs, operation, shapes) =>
      conv2d(
        mapInputs<"conv2d", Float64Array, Float64Array>(inputs, (input) => input.map(toHalf)),
        operation,
        shapes,
      ),
    ),
  },
  {
    name: "conv2d without the last tap of a channel, amplification declared",
    level: 2,
    kind: "conv2d",
    create() {
      const backend = referenceWith({
        kernels: {
          conv2d: ([input, filter], operation, shapes) =>
            conv2d([input as Float64Array, (filter as Float64Array).with(-1, 0)], operation, shapes),
        },
      });
      return { ...backend, info: { ...backend.info, precision: "float32", convolutionAmplification: 32 } };
    },
  },
  {
    name: "float32 results in a backend that claims float64",
    level: 2,
    ...withKernel("matmul", (...given) => matmul(...given).map(Math.fround)),
  },
  {
    name: "a 1-D index that loses its last bit past 2^24",
    level: 2,
    ...withKernel("conv2d", (...given) => {
      const result = conv2d(...given);
      return result.map((value, index) => (index > 2 ** 24 ? (result[index - (index % 2)] as number) : value));
    }),
  },
  {
    name: "matmul that forgets to transpose its first factor",
    level: 2,
    ...withKernel("matmul", (inputs, operation, shapes) => {
      const [rows, columns] = shapes[0];
      const { transposeA } = operation.attributes;
      const turned = transposeA ? ([columns, rows] as const) : shapes[0];
      return matmul(inputs, { ...operation, attributes: { ...operation.attributes, transposeA: false } }, [
        turned,
        shapes[1],
      ]);
    }),
  },
  {
    name: "maxPool whose padding counts as zeros",
    level: 2,
    ...withKernel("maxPool", (inputs, operation, shapes) => {
      const padded = operation.attributes.padding.some((extent) => extent > 0);
      return maxPool(inputs, operation, shapes).map((value) => (padded ? Math.max(0, value) : value));
    }),
  },
  {
    name: "lrn with alpha divided by n",
    level: 2,
    ...withKernel("lrn", (inputs, operation, shapes) => {
      const { alpha, size } = operation.attributes;
      const attributes = { ...operation.attributes, alpha: alpha / size };
      return referenceKernels.lrn(inputs, { ...operation, attributes }, shapes);
    }),
  },
  {
    name: "lrn that takes its size for a radius",
    level: 2,
    ...withKernel("lrn", (inputs, operation, shapes) => {
      const attributes = { ...operation.attributes, size: 2 * operation.attributes.size + 1 };
      return referenceKernels.lrn(inputs, { ...operation, attributes }, shapes);
    }),
  },
  {
    name: "softmax over the batch",
    level: 2,
    ...withKernel("softmax", (inputs, operation, shapes) => {
      const [rows, columns] = operation.shape as readonly [number, number];
      const turn = (values: Float64Array, height: number, width: number): Float64Array =>
        values.map((_, index) => values[(index % height) * width + Math.floor(index / height)] as number);
      const shape = [columns, rows] as const;
      const turned = softmax([turn(inputs[0], rows, columns)], { ...operation, shape }, shapes);
      return turn(turned, columns, rows);
    }),
  },
  {
    name: "dropout masks ignored",
    level: 2,
    ...withKernel("multiply", ([values]) => (values as Float64Array).slice()),
  },
  {
    name: "towers joined in another order",
    level: 2,
    ...withKernel("concat", (inputs, operation, shapes) => {
      const [last = inputs[0], ...others] = inputs.toReversed();
      const [lastShape = shapes[0], ...otherShapes] = shapes.toReversed();
      return referenceKernels.concat([last, ...others], operation, [lastShape, ...otherShapes]);
    }),
  },
  {
    name: "momentum forgotten",
    level: 2,
    ...withKernel("sgdUpdate", (inputs, operation, shapes) =>
      sgdUpdate(inputs, { ...operation, attributes: { ...operation.attributes, momentum: 1 } }, shapes),
    ),
  },
  {
    name: "weight decay on the wrong side of the learning rate",
    level: 2,
    ...withKernel("sgdUpdate", (inputs, operation, shapes) => {
      const { weightDecay } = operation.attributes;
      const attributes = { ...operation.attributes, weightDecay: 0 };
      const updated = sgdUpdate(inputs, { ...operation, attributes }, shapes);
      return updated.map((value, index) => value - weightDecay * ((inputs[1] as Float64Array)[index] as number));
    }),
  },
  {
    name: "epsilon of Adam inside the root",
    level: 2,
    ...withKernel("adamUpdate", (inputs, operation, shapes) => {
      const [weight, mean, variance, ...scalars] = inputs;
      const within = variance.map((value) => value + operation.attributes.epsilon);
      const attributes = { ...operation.attributes, epsilon: 0 };
      return adamUpdate([weight, mean, within, ...scalars], { ...operation, attributes }, shapes);
    }),
  },
  {
    name: "softmax that does not take off the largest logit first",
    level: 2,
    ...withKernel("softmax", ([logits], { shape }) => {
      const columns = shape[1] as number;
      const exponentials = (logits as Float64Array).map(Math.exp);
      return exponentials.map((value, index) => {
        const row = exponentials.subarray(index - (index % columns), index - (index % columns) + columns);
        return value / row.reduce((sum, each) => sum + each, 0);
      });
    }),
  },
  {
    name: "cross-entropy as the logarithm of a softmax that underflowed",
    level: 2,
    ...withKernel("softmaxCrossEntropy", ([logits, labels], operation, shapes) => {
      const [shape] = shapes;
      const probabilities = softmax([logits], { ...operation, kind: "softmax", inputs: ["logits"], shape }, [shape]);
      const terms = probabilities.map((value, index) => ((labels as Float64Array)[index] as number) * Math.log(value));
      return Float64Array.of(-terms.reduce((sum, term) => sum + term, 0) / (shape[0] as number));
    }),
  },
  {
    name: "sigmoid as e^x / (1 + e^x)",
    level: 2,
    ...withKernel("sigmoid", ([input]) => (input as Float64Array).map((x) => Math.exp(x) / (1 + Math.exp(x)))),
  },
  {
    name: "tanh of exponentials",
    level: 2,
    ...withKernel("tanh", ([input]) =>
      (input as Float64Array).map((x) => (Math.exp(2 * x) - 1) / (Math.exp(2 * x) + 1)),
    ),
  },
  {
    name: "maxPool that begins at −10^9",
    level: 2,
    ...withKernel("maxPool", (...given) => maxPool(...given).map((value) => Math.max(-1e9, value))),
  },
  {
    name: "multiply that takes a value with itself for another",
    level: 2,
    ...withKernel("multiply", ([a, b]) =>
      (a as Float64Array).map((value, index) => (a === b ? value : value * ((b as Float64Array)[index] as number))),
    ),
  },
  {
    name: "a learning rate of 0 taken for none",
    level: 2,
    ...withKernel("sgdUpdate", ([target, weight, gradient, learningRate], operation, shapes) => {
      const taken = learningRate === undefined || learningRate[0] === 0 ? [] : [learningRate];
      return sgdUpdate([target, weight, gradient, ...taken], operation, shapes);
    }),
  },
  {
    name: "lrn by a running sum that never forgets a large channel",
    level: 2,
    ...withKernel("lrn", (inputs, operation, shapes) =>
      referenceKernels.lrn(inputs, operation, shapes).map((value, index) => {
        const [, channels, height, width] = shapes[0] as Shape4;
        const pixels = height * width;
        const image = index - (index % (channels * pixels));
        const largest = Math.max(
          ...Array.from({ length: channels }, (_, channel) =>
            Math.abs((inputs[0] as Float64Array)[image + channel * pixels + (index % pixels)] as number),
          ),
        );
        return value * (1 + largest * largest * 2 ** -24);
      }),
    ),
  },
];
