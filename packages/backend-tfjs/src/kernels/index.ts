import type { Kernel, Kernels } from "@alexnet/core/backend";
import type { Primitives } from "../primitives.js";
import { commonLayout, inLayout, NHWC, newValue, plain, type Value } from "../value.js";
import { convolutionKernels } from "./convolution.js";
import { movementKernels } from "./movement.js";

type OfOne = "relu" | "sigmoid" | "tanh";
type OfTwo = "reluGrad" | "sigmoidGrad" | "tanhGrad" | "multiply" | "add";

/** Every operation over an engine's primitives: decides in which layout each is computed. */
export function kernelsOver<Handle>(engine: Primitives<Handle>): Required<Kernels<Value<Handle>>> {
  type V = Value<Handle>;
  const nhwc = (value: V): Handle => inLayout(engine, value, NHWC);
  const asIs = (value: V): Handle => inLayout(engine, value, plain(value.shape));
  /** Operations on each element alone run in whatever layout their operands are in. */
  const ofOne =
    (compute: (operand: Handle) => Handle): Kernel<V, OfOne> =>
    ([input], { shape }) =>
      newValue(compute(inLayout(engine, input, input.layout)), shape, input.layout);
  const ofTwo =
    (compute: (a: Handle, b: Handle) => Handle): Kernel<V, OfTwo> =>
    ([a, b], { shape }) => {
      const layout = commonLayout([a, b]);
      return newValue(compute(inLayout(engine, a, layout), inLayout(engine, b, layout)), shape, layout);
    };
  /** There is nothing to lay out in matrices and vectors. */
  const ofLogitsAndLabels =
    (compute: (a: Handle, b: Handle) => Handle): Kernel<V, "softmaxCrossEntropy" | "softmaxCrossEntropyGrad"> =>
    ([logits, labels], { shape }) =>
      newValue(compute(asIs(logits), asIs(labels)), shape, plain(shape));
  /** The layout that has the channels last, where a bias is broadcast along. */
  const channelsLast = ({ shape }: V) => [...plain(shape).filter((axis) => axis !== 1), 1];

  return {
    ...convolutionKernels(engine),
    ...movementKernels(engine),
    maxPool: ([input], { attributes, shape }) => newValue(engine.maxPool(nhwc(input), attributes), shape, NHWC),
    maxPoolGrad: ([input, output, gradient], { attributes, shape }) =>
      newValue(engine.maxPoolGrad(nhwc(input), nhwc(output), nhwc(gradient), attributes), shape, NHWC),
    avgPool: ([input], { attributes, shape }) => newValue(engine.avgPool(nhwc(input), attributes), shape, NHWC),
    avgPoolGrad: ([gradient], { attributes, shape }) => {
      const [images, channels, ...size] = shape;
      const inputShape = [images, ...size, channels];
      return newValue(engine.avgPoolGrad(nhwc(gradient), inputShape, attributes), shape, NHWC);
    },
    lrn: ([input], { attributes, shape }) => newValue(engine.lrn(nhwc(input), attributes), shape, NHWC),
    lrnGrad: ([input, output, gradient], { attributes, shape }) =>
      newValue(engine.lrnGrad(nhwc(input), nhwc(output), nhwc(gradient), attributes), shape, NHWC),
    relu: ofOne(engine.relu),
    reluGrad: ofTwo(engine.reluGrad),
    sigmoid: ofOne(engine.sigmoid),
    sigmoidGrad: ofTwo(engine.sigmoidGrad),
    tanh: ofOne(engine.tanh),
    tanhGrad: ofTwo(engine.tanhGrad),
    multiply: ofTwo(engine.multiply),
    add: ofTwo(engine.add),
    scale([input], { attributes, shape }) {
      const { layout } = input;
      return newValue(engine.scale(inLayout(engine, input, layout), attributes.factor), shape, layout);
    },
    matmul([a, b], { attributes, shape }) {
      const product = engine.matmul(asIs(a), asIs(b), attributes.transposeA, attributes.transposeB);
      return newValue(product, shape, plain(shape));
    },
    addBias([input, bias], { shape }) {
      const layout = channelsLast(input);
      return newValue(engine.addBias(inLayout(engine, input, layout), asIs(bias)), shape, layout);
    },
    biasGrad([gradient], { shape }) {
      const changes = inLayout(engine, gradient, channelsLast(gradient));
      return newValue(engine.biasGrad(changes), shape, plain(shape));
    },
    softmax: ([logits], { shape }) => newValue(engine.softmax(asIs(logits)), shape, plain(shape)),
    softmaxCrossEntropy: ofLogitsAndLabels(engine.softmaxCrossEntropy),
    softmaxCrossEntropyGrad: ofLogitsAndLabels(engine.softmaxCrossEntropyGrad),
    sgdUpdate([target, weight, gradient, learningRate], { attributes, shape }) {
      const layout = commonLayout([target, weight, gradient]);
      const [t, w, g] = [
        inLayout(engine, target, layout),
        inLayout(engine, weight, layout),
        inLayout(engine, gradient, layout),
      ] as const;
      return newValue(engine.sgdUpdate(t, w, g, learningRate && asIs(learningRate), attributes), shape, layout);
    },
    adamUpdate([weight, mean, variance, stepSize, rootCorrection], { attributes, shape }) {
      const layout = commonLayout([weight, mean, variance]);
      const [w, m, v] = [
        inLayout(engine, weight, layout),
        inLayout(engine, mean, layout),
        inLayout(engine, variance, layout),
      ] as const;
      return newValue(engine.adamUpdate(w, m, v, asIs(stepSize), asIs(rootCorrection), attributes), shape, layout);
    },
  };
}
