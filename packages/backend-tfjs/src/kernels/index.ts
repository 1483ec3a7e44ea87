import type { Kernel, Kernels, OperationKind } from "@alexnet/core";
import type { Primitives } from "../primitives.js";
import { commonLayout, inLayout, NHWC, newValue, plain, type Value } from "../value.js";
import { convolutionKernels } from "./convolution.js";
import { movementKernels } from "./movement.js";

type Elementwise = "relu" | "reluGrad" | "sigmoid" | "sigmoidGrad" | "tanh" | "tanhGrad" | "multiply" | "add";

/** Every operation over an engine's primitives: decides in which layout each is computed. */
export function kernelsOver<Handle>(engine: Primitives<Handle>): Required<Kernels<Value<Handle>>> {
  type V = Value<Handle>;
  const nhwc = (value: V | undefined): Handle => inLayout(engine, value as V, NHWC);
  const asIs = (value: V | undefined): Handle => inLayout(engine, value as V, plain((value as V).shape));
  /** Operations on each element alone run in whatever layout their operands are in. */
  const elementwise =
    <Kind extends Elementwise>(compute: (...operands: Handle[]) => Handle): Kernel<V, Kind> =>
    (inputs, { shape }) => {
      const layout = commonLayout(inputs);
      return newValue(compute(...inputs.map((input) => inLayout(engine, input, layout))), shape, layout);
    };
  /** Operations on matrices and vectors: nothing to lay out. */
  const matrices =
    <Kind extends OperationKind>(compute: (...operands: Handle[]) => Handle): Kernel<V, Kind> =>
    (inputs, { shape }) =>
      newValue(compute(...inputs.map(asIs)), shape, plain(shape));
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
      const inputShape = NHWC.map((axis) => shape[axis] as number);
      return newValue(engine.avgPoolGrad(nhwc(gradient), inputShape, attributes), shape, NHWC);
    },
    lrn: ([input], { attributes, shape }) => newValue(engine.lrn(nhwc(input), attributes), shape, NHWC),
    lrnGrad: ([input, output, gradient], { attributes, shape }) =>
      newValue(engine.lrnGrad(nhwc(input), nhwc(output), nhwc(gradient), attributes), shape, NHWC),
    relu: elementwise(engine.relu),
    reluGrad: elementwise(engine.reluGrad as (...operands: Handle[]) => Handle),
    sigmoid: elementwise(engine.sigmoid),
    sigmoidGrad: elementwise(engine.sigmoidGrad as (...operands: Handle[]) => Handle),
    tanh: elementwise(engine.tanh),
    tanhGrad: elementwise(engine.tanhGrad as (...operands: Handle[]) => Handle),
    multiply: elementwise(engine.multiply as (...operands: Handle[]) => Handle),
    add: elementwise(engine.add as (...operands: Handle[]) => Handle),
    scale([input], { attributes, shape }) {
      const { layout } = input as V;
      return newValue(engine.scale(inLayout(engine, input as V, layout), attributes.factor), shape, layout);
    },
    matmul([a, b], { attributes, shape }) {
      const product = engine.matmul(asIs(a), asIs(b), attributes.transposeA, attributes.transposeB);
      return newValue(product, shape, plain(shape));
    },
    addBias([input, bias], { shape }) {
      const layout = channelsLast(input as V);
      return newValue(engine.addBias(inLayout(engine, input as V, layout), asIs(bias)), shape, layout);
    },
    biasGrad([gradient], { shape }) {
      const changes = inLayout(engine, gradient as V, channelsLast(gradient as V));
      return newValue(engine.biasGrad(changes), shape, plain(shape));
    },
    softmax: matrices(engine.softmax),
    softmaxCrossEntropy: matrices(engine.softmaxCrossEntropy as (...operands: Handle[]) => Handle),
    softmaxCrossEntropyGrad: matrices(engine.softmaxCrossEntropyGrad as (...operands: Handle[]) => Handle),
    sgdUpdate([target, weight, gradient, learningRate], { attributes, shape }) {
      const values = [target, weight, gradient] as [V, V, V];
      const layout = commonLayout(values);
      const [t, w, g] = values.map((value) => inLayout(engine, value, layout)) as [Handle, Handle, Handle];
      return newValue(engine.sgdUpdate(t, w, g, learningRate && asIs(learningRate), attributes), shape, layout);
    },
  };
}
