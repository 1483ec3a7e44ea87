import { type Shape, sizeOf } from "@alexnet/core";
import { type GraphBuilder, OPEN_EXTENT } from "../onnx/graph.js";
import { ownName } from "./names.js";

/**
 * The order of the axes of a value in the graph: `"channels"` is the program's own, `[N, C, H, W]` and `[O, I, kH, kW]`;
 * images may also lie in `"spatial"` order, `[H, W, N, C]`, and filters in that of their `"taps"`, `[kH, kW, I, O]`. A
 * value is there in the order in which it was made, and in another once somebody asks for that.
 */
export type Order = "channels" | "spatial" | "taps";

/** The values of a graph in the orders that operations ask for. */
export interface OrderedValues {
  /** Name of a value in this order in the graph, where it is put now if it was not there. */
  read(value: string, order: Order): string;
  /** Name to give to a value that is made in this order. */
  write(value: string, order: Order): string;
  /** The order in which a value was made. */
  orderOf(value: string): Order;
}

/** Which axis of the program's order stands where. */
const axesOf: Readonly<Record<Order, readonly number[]>> = {
  channels: [0, 1, 2, 3],
  spatial: [2, 3, 0, 1],
  taps: [2, 3, 1, 0],
};

/** How axes are exchanged to get from one order of them to another. */
function exchange(from: readonly number[], to: readonly number[]): readonly number[] {
  return to.map((axis) => from.indexOf(axis));
}

/** The values of a tensor in another order, given its shape in the program's. */
export function exchanged(data: Float32Array, shape: Shape, from: Order, to: Order): Float32Array {
  const perm = exchange(axesOf[from], axesOf[to]);
  const extents = shapeIn(shape, from);
  const strides = extents.map((_, axis) => sizeOf(extents.slice(axis + 1)));
  const [a = 1, b = 1, c = 1, d = 1] = perm.map((axis) => extents[axis]!);
  const [aStep = 0, bStep = 0, cStep = 0, dStep = 0] = perm.map((axis) => strides[axis]!);
  const result = new Float32Array(data.length);
  let position = 0;
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++)
      for (let k = 0; k < c; k++) {
        let at = i * aStep + j * bStep + k * cStep;
        for (let l = 0; l < d; l++, at += dStep) result[position++] = data[at]!;
      }
  return result;
}

/** A shape with its axes in another order. */
export function shapeIn(shape: Shape, order: Order): Shape {
  return order === "channels" ? shape : axesOf[order].map((axis) => shape[axis]!);
}

/** Where an axis of the program's order stands in another. */
export function axisIn(axis: number, order: Order): number {
  return order === "channels" ? axis : axesOf[order].indexOf(axis);
}

/** Name of a value of the program in the graph, in an order. */
export function nameIn(value: string, order: Order): string {
  return order === "channels" ? value : ownName(order, value);
}

/**
 * Exchanges the axes of a value of this shape in the program's order. ONNX Runtime is ten times as fast at exchanging the
 * axes of a matrix, and at exchanges that leave the last axis alone, as at others of four axes: so the axes are rotated until
 * the last is in its place, which is the first of these, and the others exchanged, which is the second. Its optimizer makes
 * one exchange of four axes of both again where it sees through them; it does not through a matrix among matrices.
 */
function exchangeAxes(
  value: string,
  shape: Shape,
  [from, to]: readonly [Order, Order],
  name: string,
  graph: GraphBuilder,
): string {
  // The batch is left open: see `OPEN_EXTENT`.
  const extents = (axes: readonly number[]): readonly number[] =>
    axes.map((axis) => (axis === 0 ? OPEN_EXTENT : shape[axis]!));
  const together = (axes: readonly number[]): number => (axes.includes(0) ? OPEN_EXTENT : sizeOf(extents(axes)));
  const [has, wants] = [axesOf[from], axesOf[to]];
  const first = (has.indexOf(wants.at(-1)!) + 1) % has.length;
  const [before, after] = [has.slice(0, first), has.slice(first)];
  const rotated = [...after, ...before];
  const done = wants.every((axis, position) => axis === rotated[position]);
  let result = value;
  if (first > 0) {
    const matrix = graph.node("Reshape", [value, graph.integers([1, together(before), together(after)])]);
    const turned = graph.node("Transpose", [matrix], { perm: [0, 2, 1] });
    result = graph.node("Reshape", [turned, graph.integers(extents(rotated))], {}, done ? name : undefined);
  }
  return done ? result : graph.node("Transpose", [result], { perm: exchange(rotated, wants) }, name);
}

/** Keeps which values the graph holds in which order; those given are there already. */
export function ordersIn(
  graph: GraphBuilder,
  shape: (value: string) => Shape,
  given: ReadonlyMap<string, Order>,
): OrderedValues {
  const made = new Map(given);
  const there = new Set<string>();
  const orderOf = (value: string): Order => made.get(value) ?? "channels";
  function read(value: string, order: Order): string {
    const name = nameIn(value, order);
    const has = orderOf(value);
    if (has === order || there.has(name)) return name;
    there.add(name);
    return exchangeAxes(nameIn(value, has), shape(value), [has, order], name, graph);
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
