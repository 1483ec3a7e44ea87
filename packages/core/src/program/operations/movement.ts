import { ShapeError } from "../../errors.js";
import { formatShape, type Shape, sizeOf } from "../../tensor.js";
import type { OperationDefinition } from "../operation.js";

function extentAlong(shape: Shape, axis: number): number {
  const extent = shape[axis];
  if (extent === undefined) throw new ShapeError(`${formatShape(shape)} has no axis ${axis}.`);
  return extent;
}

function withExtent(shape: Shape, axis: number, extent: number): Shape {
  return shape.map((old, position) => (position === axis ? extent : old));
}

/** The same values in the same row-major order under another shape. */
export const reshape: OperationDefinition<"reshape"> = {
  inputs: ["input"],
  shape([input], { shape }) {
    if (sizeOf(input) !== sizeOf(shape)) {
      throw new ShapeError(
        `${formatShape(input)} holds ${sizeOf(input)} values, ${formatShape(shape)} ${sizeOf(shape)}.`,
      );
    }
    return shape;
  },
  gradient: ({ inputShapes, gradient, apply }) => [apply("reshape", [gradient], { shape: inputShapes[0] })],
};

/** Tensors side by side along one axis; their other axes agree. */
export const concat: OperationDefinition<"concat"> = {
  inputs: ["part"],
  repeats: true,
  shape(inputs, { axis }) {
    const [first] = inputs;
    let extent = 0;
    for (const part of inputs) {
      extent += extentAlong(part, axis);
      if (formatShape(withExtent(part, axis, 0)) !== formatShape(withExtent(first, axis, 0))) {
        throw new ShapeError(`${formatShape(first)} and ${formatShape(part)} differ in more than axis ${axis}.`);
      }
    }
    return withExtent(first, axis, extent);
  },
  gradient({ operation, inputShapes, gradient, needs, apply }) {
    const { axis } = operation.attributes;
    let start = 0;
    return inputShapes.map((part, position) => {
      const end = start + extentAlong(part, axis);
      const piece = needs(position) ? apply("slice", [gradient], { axis, start, end }) : undefined;
      start = end;
      return piece;
    });
  },
};

/** The part `[start, end)` along one axis. */
export const slice: OperationDefinition<"slice"> = {
  inputs: ["input"],
  shape([input], { axis, start, end }) {
    const extent = extentAlong(input, axis);
    if (!(0 <= start && start < end && end <= extent)) {
      throw new ShapeError(`[${start}, ${end}) is no part of axis ${axis} of ${formatShape(input)}.`);
    }
    return withExtent(input, axis, end - start);
  },
  gradient({ operation, inputShapes, gradient, apply }) {
    const { axis, start } = operation.attributes;
    const extent = extentAlong(inputShapes[0], axis);
    return [apply("sliceGrad", [gradient], { axis, start, extent })];
  },
};

/** Gradient of `slice`: zeros with the gradient put back at `start` along an axis of `extent`. */
export const sliceGrad: OperationDefinition<"sliceGrad"> = {
  inputs: ["gradient"],
  shape([gradient], { axis, start, extent }) {
    if (start < 0 || start + extentAlong(gradient, axis) > extent) {
      throw new ShapeError(`${formatShape(gradient)} at ${start} does not fit into ${extent} along axis ${axis}.`);
    }
    return withExtent(gradient, axis, extent);
  },
};
