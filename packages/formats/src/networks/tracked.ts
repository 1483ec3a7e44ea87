import { defineModel, type Layer, type Shape, summarize } from "@alexnet/core";

/** Layers that are put together one by one, and the shape that the last one gives. */
export interface TrackedLayers {
  readonly layers: readonly Layer[];
  add(layer: Layer): void;
  /** Of one image, `[C, H, W]` or `[features]`, after the layers so far. */
  shape(): Shape;
}

/** No layers yet, on images of this shape. `shape` throws core's `ShapeError` where layers do not fit together. */
export function trackedLayers(inputShape: readonly [channels: number, height: number, width: number]): TrackedLayers {
  const layers: Layer[] = [];
  let known: { readonly count: number; readonly shape: Shape } = { count: 0, shape: inputShape };
  return {
    layers,
    add: (layer) => void layers.push(layer),
    shape() {
      if (known.count === layers.length) return known.shape;
      // A model must end in one vector an image: a flatten layer makes one of whatever there is.
      const isImage = known.shape.length === 3;
      const end: Layer[] = isImage && layers.at(-1)?.kind !== "flatten" ? [{ kind: "flatten", name: "#end" }] : [];
      const model = defineModel({ name: "partial", inputShape, layers: [...layers, ...end] });
      const { outputShape } = summarize(model).layers[layers.length - 1]!;
      known = { count: layers.length, shape: outputShape.slice(1) };
      return known.shape;
    },
  };
}
