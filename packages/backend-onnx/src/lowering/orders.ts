import { type Shape, sizeOf } from "@alexnet/core";
import type { GraphBuilder } from "../onnx/graph.js";
import type { LoweringContext } from "./context.js";
import { ownName } from "./names.js";

/**
 * The order of the axes of a value in the graph: `"channels"` is the program's own, `[N, C, H, W]` and `[O, I, kH, kW]`;
 * images may also lie in `"spatial"` order, `[H, W, N, C]`, and filters in that of their `"taps"`, `[kH, kW, I, O]`. A
 * value is there in the order in which it was made, and in another once somebody asks for that.
 */
export type Order = "channels" | "spatial" | "taps";

/** Which axis of the program's order stands where. */
const axesOf: Readonly<Record<Order, readonly number[]>> = {
  channels: [0, 1, 2, 3],
  spatial: [2, 3, 0, 1],
  taps: [2, 3, 1, 0],
};

/** How axes are exchanged to get from one order to another. */
function exchange(from: Order, to: Order): readonly number[] {
  return axesOf[to].map((axis) => axesOf[from].indexOf(axis));
}

/** The values of a tensor in another order, given its shape in the program's. ONNX Runtime is no quicker at it. */
export function exchanged(data: Float32Array, shape: Shape, from: Order, to: Order): Float32Array {
  const perm = exchange(from, to);
  const extents = shapeIn(shape, from);
  const strides = extents.map((_, axis) => sizeOf(extents.slice(axis + 1)));
  const [a, b, c, d] = perm.map((axis) => extents[axis] as number) as [number, number, number, number];
  const [aStep, bStep, cStep, dStep] = perm.map((axis) => strides[axis] as number) as [number, number, number, number];
  const result = new Float32Array(data.length);
  let position = 0;
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++)
      for (let k = 0; k < c; k++) {
        let at = i * aStep + j * bStep + k * cStep;
        for (let l = 0; l < d; l++, at += dStep) result[position++] = data[at] as number;
      }
  return result;
}

/** A shape with its axes in another order. */
export function shapeIn(shape: Shape, order: Order): Shape {
  return order === "channels" ? shape : axesOf[order].map((axis) => shape[axis] as number);
}

/** Where an axis of the program's order stands in another. */
export function axisIn(axis: number, order: Order): number {
  return order === "channels" ? axis : axesOf[order].indexOf(axis);
}

/** Name of a value of the program in the graph, in an order. */
export function nameIn(value: string, order: Order): string {
  return order === "channels" ? value : ownName(order, value);
}

/** Keeps which values the graph holds in which order; those given are there already. */
export function ordersIn(
  graph: GraphBuilder,
  given: ReadonlyMap<string, Order>,
): Pick<LoweringContext, "read" | "write" | "orderOf"> {
  const made = new Map(given);
  const there = new Set<string>();
  const orderOf = (value: string): Order => made.get(value) ?? "channels";
  function read(value: string, order: Order): string {
    const name = nameIn(value, order);
    const has = orderOf(value);
    if (has === order || there.has(name)) return name;
    there.add(name);
    return graph.node("Transpose", [nameIn(value, has)], { perm: exchange(has, order) }, name);
  }
  return {
    orderOf,
    read,
    write(value, order) {
      made.set(value, order);
      return nameIn(value, order);
    },
  };
}
