import { type Shape, sizeOf } from "@alexnet/core";
import type { Primitives } from "./primitives.js";

/** Which axis of the program's tensor each axis of the engine's tensor is. */
export type Layout = readonly number[];

/** Images as engines want them: `[N, H, W, C]` of `[N, C, H, W]`. */
export const NHWC: Layout = [0, 2, 3, 1];
/** Filters as engines want them: `[kH, kW, in, out]` of `[out, in, kH, kW]`. */
export const HWIO: Layout = [2, 3, 1, 0];

/** The layout that changes nothing. */
export function plain(shape: Shape): Layout {
  return shape.map((_, axis) => axis);
}

/**
 * A tensor of a program on an engine: its values in one layout or several. A copy in another layout is made when a kernel
 * first asks for it and lives as long as the value, so the weights of a model are converted once.
 */
export interface Value<Handle> {
  /** Of the program's tensor. */
  readonly shape: Shape;
  /** The layout it was made in. */
  readonly layout: Layout;
  readonly copies: Map<string, Handle>;
}

export function newValue<Handle>(handle: Handle, shape: Shape, layout: Layout): Value<Handle> {
  return { shape, layout, copies: new Map([[layout.join(), handle]]) };
}

/** The value as an engine's tensor in this layout, which stays the value's. */
export function inLayout<Handle>(engine: Primitives<Handle>, value: Value<Handle>, layout: Layout): Handle {
  const existing = value.copies.get(layout.join());
  if (existing !== undefined) return existing;
  const copy = relayout(engine, value, layout);
  value.copies.set(layout.join(), copy);
  return copy;
}

/** The value as a new tensor of the engine in a layout that it does not have yet. */
function relayout<Handle>(
  engine: Primitives<Handle>,
  { shape, layout: from, copies }: Value<Handle>,
  to: Layout,
): Handle {
  const source = copies.get(from.join())!;
  const wide = (layout: Layout): string => layout.filter((axis) => shape[axis] !== 1).join();
  // Axes of extent 1 move for free.
  if (wide(from) === wide(to))
    return engine.reshape(
      source,
      to.map((axis) => shape[axis]!),
    );
  return engine.transpose(
    source,
    to.map((axis) => from.indexOf(axis)),
  );
}

/** The layout to compute in element by element: the first that is not plain, so that gradients decide, not fed values. */
export function commonLayout<Handle>(values: readonly [Value<Handle>, ...Value<Handle>[]]): Layout {
  const [first] = values;
  return values.find(({ layout }) => layout.some((axis, position) => axis !== position))?.layout ?? first.layout;
}

/** Copies a value back to the host, in the program's layout. */
export async function readValue<Handle>(engine: Primitives<Handle>, value: Value<Handle>): Promise<Float32Array> {
  const layout = plain(value.shape);
  const existing = value.copies.get(layout.join());
  if (existing !== undefined) return engine.read(existing);
  const copy = relayout(engine, value, layout);
  try {
    return await engine.read(copy);
  } finally {
    engine.free(copy);
  }
}

export function freeValue<Handle>(engine: Primitives<Handle>, value: Value<Handle>): void {
  for (const handle of value.copies.values()) engine.free(handle);
  value.copies.clear();
}

/** Waits until a value is computed: its first number is read. */
export async function settleValue<Handle>(
  engine: Primitives<Handle>,
  { shape, layout, copies }: Value<Handle>,
): Promise<void> {
  const flat = engine.reshape(copies.get(layout.join())!, [sizeOf(shape)]);
  const first = engine.slice(flat, [0], [1]);
  try {
    await engine.read(first);
  } finally {
    engine.free(first);
    engine.free(flat);
  }
}
