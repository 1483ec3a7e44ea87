import {
  formatShape,
  type Model,
  parametersOf,
  type Shape,
  sameShape,
  sizeOf,
  summarize,
  type Tensor,
  type TensorMap,
  WeightsError,
} from "@alexnet/core";
import { gather, isRowMajor, rowMajorStrides } from "../binary/strided.js";
import type { Layout } from "./layout.js";

/** One parameter in a layout: its name there, and how its axes become ours. */
export interface Arrangement {
  /** Our name, and our shape. */
  readonly parameter: string;
  readonly shape: Shape;
  /** Its name and shape in the file. */
  readonly name: string;
  readonly fileShape: Shape;
  /** Our shape, with what is flattened taken apart. */
  readonly apart: Shape;
  /** For each axis of `apart`, which axis of the file's taken apart it is. */
  readonly order: readonly number[];
  /** The axis of `apart` that runs the other way, if one does. */
  readonly reversed?: number;
}

/** What every parameter of a model is in a layout, in the order of its layers. */
export function arrangementsOf(model: Model, layout: Layout): readonly Arrangement[] {
  const images = flattenedImages(model);
  const [first] = model.layers.filter(({ kind }) => kind === "conv2d");
  const [weightSuffix, biasSuffix] = layout.suffixes;
  return parametersOf(model).map(({ name: parameter, layer, shape }): Arrangement => {
    const named = layout.layers ? (layout.layers[layer] ?? layer) : layer;
    if (shape.length === 1) {
      const name = named + biasSuffix;
      return { parameter, shape, name, fileShape: shape, apart: shape, order: [0] };
    }
    const name = named + weightSuffix;
    if (shape.length === 4) {
      const order = [..."OIHW"].map((axis) => layout.filters.indexOf(axis));
      const fileShape = [...layout.filters].map((axis) => shape["OIHW".indexOf(axis)]!);
      const isTurned = layout.colors === "BGR" && layer === first?.name && shape[1] === 3;
      return { parameter, shape, name, fileShape, apart: shape, order, ...(isTurned && { reversed: 1 }) };
    }
    const image = images.get(layer);
    const fileShape = layout.dense === "OI" ? shape : shape.toReversed();
    if (!image || layout.flattened === "CHW") {
      return { parameter, shape, name, fileShape, apart: shape, order: layout.dense === "OI" ? [0, 1] : [1, 0] };
    }
    // Taken apart, the file's axes are O H W C or H W C O; ours are O C H W.
    const axes = layout.dense === "OI" ? "OHWC" : "HWCO";
    const order = [..."OCHW"].map((axis) => axes.indexOf(axis));
    return { parameter, shape, name, fileShape, apart: [shape[0]!, ...image], order };
  });
}

/** The size `[C, H, W]` of the images that each dense layer behind a flatten layer reads, by its name. */
function flattenedImages(model: Model): ReadonlyMap<string, Shape> {
  const images = new Map<string, Shape>();
  let shape: Shape = model.inputShape;
  let flattened: Shape | undefined;
  for (const { layer, outputShape } of summarize(model).layers) {
    if (layer.kind === "flatten") flattened = shape;
    else if (layer.kind === "dense" && flattened) {
      images.set(layer.name, flattened);
      flattened = undefined;
    }
    shape = outputShape.slice(1);
  }
  return images;
}

/** A parameter as we have it, from what it is in the file. Throws `WeightsError` for another shape. */
export function readArranged(arrangement: Arrangement, tensor: Tensor): Tensor {
  const { name, shape, fileShape, apart, order, reversed } = arrangement;
  if (!sameShape(tensor.shape, fileShape)) {
    throw new WeightsError(
      `${JSON.stringify(name)} has the shape ${formatShape(tensor.shape)}, but must have ${formatShape(fileShape)}.`,
    );
  }
  const fileApart = fileOrder(arrangement);
  const fileStrides = rowMajorStrides(fileApart);
  const strides = order.map((axis) => fileStrides[axis]!);
  return { shape, data: arranged(tensor.data, apart, strides, reversed) };
}

/** A parameter as it is in the file. */
export function writeArranged(arrangement: Arrangement, { data }: Tensor): Tensor {
  const { fileShape, apart, order, reversed } = arrangement;
  const ours = rowMajorStrides(apart);
  const strides = fileOrder(arrangement).map((_, axis) => ours[order.indexOf(axis)]!);
  const turned = reversed === undefined ? undefined : order[reversed];
  return { shape: fileShape, data: arranged(data, fileOrder(arrangement), strides, turned) };
}

/** The file's shape taken apart. */
function fileOrder({ apart, order }: Arrangement): Shape {
  return apart.map((_, axis) => apart[order.indexOf(axis)]!);
}

function arranged(data: Tensor["data"], shape: Shape, strides: readonly number[], reversed?: number): Tensor["data"] {
  if (reversed === undefined) return isRowMajor(shape, strides) ? data : gather(data, 0, shape, strides);
  const stride = strides[reversed]!;
  return gather(data, (shape[reversed]! - 1) * stride, shape, strides.with(reversed, -stride));
}

/** All parameters of a model as they are in a layout, by the names that they have there. */
export function toLayout(layout: Layout, model: Model, parameters: TensorMap): TensorMap {
  return Object.fromEntries(
    arrangementsOf(model, layout).map((arrangement) => {
      const tensor = parameters[arrangement.parameter];
      if (!tensor || tensor.data.length !== sizeOf(arrangement.shape)) {
        throw new WeightsError(`The weights lack "${arrangement.parameter}" ${formatShape(arrangement.shape)}.`);
      }
      return [arrangement.name, writeArranged(arrangement, tensor)] as const;
    }),
  );
}

/**
 * The parameters of a model from tensors in a layout, by our names; what the layout does not know keeps its name. Throws
 * `WeightsError` for one that is missing or has another shape.
 */
export function fromLayout(layout: Layout, model: Model, tensors: TensorMap): TensorMap {
  const rest = new Map(Object.entries(tensors));
  const parameters = arrangementsOf(model, layout).map((arrangement) => {
    const tensor = rest.get(arrangement.name);
    if (!tensor) {
      throw new WeightsError(
        `The weights lack ${JSON.stringify(arrangement.name)} ${formatShape(arrangement.fileShape)}.`,
      );
    }
    rest.delete(arrangement.name);
    return [arrangement.parameter, readArranged(arrangement, tensor)] as const;
  });
  return Object.fromEntries([...parameters, ...rest]);
}
