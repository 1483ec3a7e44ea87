import type { Shape4 } from "@alexnet/core";
import type { Kernels } from "@alexnet/core/backend";
import type { ConvolutionAttributes } from "@alexnet/core/program";
import { type ConvolutionWindow, type Primitives, withTemporaries } from "../primitives.js";
import { HWIO, inLayout, NHWC, newValue, type Value } from "../value.js";
import { gradFilterAsConvolution, gradInputAsConvolution } from "./convolution-gradients.js";

/** Convolutions and their gradients; groups are computed one after the other. */
export function convolutionKernels<Handle>(
  engine: Primitives<Handle>,
): Pick<Required<Kernels<Value<Handle>>>, "conv2d" | "conv2dGradInput" | "conv2dGradFilter"> {
  const native = engine.convolutionGradients;
  const gradInput = (gradient: Handle, filter: Handle, shape: Shape4, window: ConvolutionWindow): Handle =>
    native?.supports("input", window)
      ? native.gradInput(gradient, filter, shape, window)
      : gradInputAsConvolution(engine, gradient, filter, shape, window);
  const gradFilter = (input: Handle, gradient: Handle, shape: Shape4, window: ConvolutionWindow): Handle =>
    native?.supports("filter", window)
      ? native.gradFilter(input, gradient, shape, window)
      : gradFilterAsConvolution(engine, input, gradient, shape, window);

  return {
    conv2d([input, filter], { attributes, shape }) {
      const operands = [inLayout(engine, input, NHWC), inLayout(engine, filter, HWIO)] as const;
      const output = byGroups(engine, operands, attributes, (image, weights) =>
        engine.conv2d(image, weights, attributes),
      );
      return newValue(output, shape, NHWC);
    },
    conv2dGradInput([gradient, filter], { attributes, shape }) {
      const [images, channels, height, width] = shape;
      const groupShape: Shape4 = [images, height, width, channels / attributes.groups];
      const operands = [inLayout(engine, gradient, NHWC), inLayout(engine, filter, HWIO)] as const;
      const output = byGroups(engine, operands, attributes, (image, weights) =>
        gradInput(image, weights, groupShape, attributes),
      );
      return newValue(output, shape, NHWC);
    },
    conv2dGradFilter([input, gradient], { attributes, shape }) {
      const [filters, channels, height, width] = shape;
      const groupShape: Shape4 = [height, width, channels, filters / attributes.groups];
      const operands = [inLayout(engine, input, NHWC), inLayout(engine, gradient, NHWC)] as const;
      const output = byGroups(engine, operands, attributes, (image, change) =>
        gradFilter(image, change, groupShape, attributes),
      );
      return newValue(output, shape, HWIO);
    },
  };
}

/** Cuts both operands along their last axis, which is where the groups lie in every layout, and joins the results. */
function byGroups<Handle>(
  engine: Primitives<Handle>,
  [a, b]: readonly [Handle, Handle],
  { groups }: ConvolutionAttributes,
  compute: (a: Handle, b: Handle) => Handle,
): Handle {
  if (groups === 1) return compute(a, b);
  const axis = 3;
  return withTemporaries(engine.free, (hold) => {
    const part = (whole: Handle, group: number): Handle => {
      const shape = engine.shapeOf(whole);
      const width = shape[axis]! / groups;
      const begin = shape.map((_, position) => (position === axis ? group * width : 0));
      const size = shape.map((extent, position) => (position === axis ? width : extent));
      return hold(engine.slice(whole, begin, size));
    };
    const results = Array.from({ length: groups }, (_, group) => hold(compute(part(a, group), part(b, group))));
    return engine.concat(results, axis);
  });
}
