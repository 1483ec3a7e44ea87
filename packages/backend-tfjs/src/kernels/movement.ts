import type { Kernels } from "@alexnet/core/backend";
import type { Primitives } from "../primitives.js";
import { commonLayout, inLayout, type Layout, newValue, plain, type Value } from "../value.js";

/** Operations that only move values, in whatever layout their operands are in. */
export function movementKernels<Handle>(
  engine: Primitives<Handle>,
): Pick<Required<Kernels<Value<Handle>>>, "reshape" | "concat" | "slice" | "sliceGrad"> {
  /** For each axis of a layout, what `along` says of the program's `axis` and `elsewhere` of the others. */
  const perAxis = <T>(layout: Layout, axis: number, along: T, elsewhere: (axis: number) => T): T[] =>
    layout.map((logical) => (logical === axis ? along : elsewhere(logical)));
  return {
    reshape([input], { shape }) {
      return newValue(engine.reshape(inLayout(engine, input, plain(input.shape)), shape), shape, plain(shape));
    },
    concat(inputs, { attributes, shape }) {
      // One part is the whole; TensorFlow refuses to join fewer than two.
      if (inputs.length === 1) return inputs[0];
      const layout = commonLayout(inputs);
      const parts = inputs.map((input) => inLayout(engine, input, layout));
      return newValue(engine.concat(parts, layout.indexOf(attributes.axis)), shape, layout);
    },
    slice([input], { attributes: { axis, start }, shape }) {
      const { layout } = input;
      const begin = perAxis(layout, axis, start, () => 0);
      const size = layout.map((logical) => shape[logical]!);
      return newValue(engine.slice(inLayout(engine, input, layout), begin, size), shape, layout);
    },
    sliceGrad([gradient], { attributes: { axis, start, extent }, shape }) {
      const { layout } = gradient;
      const after = extent - start - gradient.shape[axis]!;
      const paddings = perAxis<readonly [number, number]>(layout, axis, [start, after], () => [0, 0]);
      return newValue(engine.pad(inLayout(engine, gradient, layout), paddings), shape, layout);
    },
  };
}
