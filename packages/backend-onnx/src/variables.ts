import { ProgramError, type Shape, type Tensor, type TensorMap } from "@alexnet/core";
import { checkAlive, type Variables } from "@alexnet/core/backend";
import type { OnnxValue } from "onnxruntime-node";
import type { OnnxRuntime } from "./engine.js";
import { exchanged, type Order, shapeIn } from "./lowering/orders.js";
import { engineArrays, float32Of, ownArray, release } from "./realm.js";

type EngineTensor = InstanceType<OnnxRuntime["Tensor"]>;

/** A variable: its value in one of the orders of axes, and its shape in the program's. */
interface Held {
  readonly tensor: EngineTensor;
  readonly order: Order;
  readonly shape: Shape;
}

/**
 * State kept as tensors of the engine, in the order of axes in which the last run made them. A run reads them in place and
 * puts new tensors in their stead.
 */
export interface OnnxVariables extends Variables {
  shape(name: string): Shape | undefined;
  /** The order in which it is held. */
  order(name: string): Order;
  /** The value in this order, the program's own unless told; in another one it is kept from then on. */
  get(name: string, order?: Order): EngineTensor;
  /** Takes a value, in this order, in place of the one before, whose memory is given back: nothing may compute with it. */
  set(name: string, value: OnnxValue, order: Order): void;
  /** Throws `ProgramError` while another such work is going on; what `get` gave before is gone afterwards. */
  change<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Grows with every change. */
  readonly version: number;
}

export function onnxVariables(
  engine: OnnxRuntime,
  values: TensorMap,
  onDispose: (variables: Variables) => void,
): OnnxVariables {
  const held = new Map<string, Held>();
  const arrays = engineArrays(engine);
  const valuesOf = ({ tensor }: Held): Float32Array => ownArray(float32Of(tensor));
  for (const [name, { shape, data }] of Object.entries(values)) {
    held.set(name, {
      tensor: new engine.Tensor("float32", arrays.float32(data.slice()), shape),
      shape,
      order: "channels",
    });
  }
  let disposed = false;
  let version = 0;
  let changing = false;
  const variables: OnnxVariables = {
    get version() {
      return version;
    },
    shape: (name) => held.get(name)?.shape,
    order: (name) => held.get(name)!.order,
    get(name, order = "channels") {
      const found = held.get(name)!;
      if (found.order === order) return found.tensor;
      const data = exchanged(valuesOf(found), found.shape, found.order, order);
      const tensor = new engine.Tensor("float32", arrays.float32(data), shapeIn(found.shape, order));
      if (order !== "channels") held.set(name, { ...found, tensor, order });
      return tensor;
    },
    set(name, value, order) {
      checkAlive(disposed, "The set of variables");
      const old = held.get(name)!;
      held.set(name, { ...old, tensor: value, order });
      version++;
      release(float32Of(old.tensor));
    },
    async change(work) {
      if (changing) throw new ProgramError("A run that changes these variables is not over yet: wait for it first.");
      changing = true;
      try {
        return await work();
      } finally {
        changing = false;
      }
    },
    async read(names = [...held.keys()]) {
      checkAlive(disposed, "The set of variables");
      const read = names.map((name): readonly [string, Tensor] => {
        const found = held.get(name);
        if (!found) throw new ProgramError(`There is no variable "${name}"; there are ${[...held.keys()].join(", ")}.`);
        const { shape, order } = found;
        const data = valuesOf(found);
        return [name, { shape, data: order === "channels" ? data.slice() : exchanged(data, shape, order, "channels") }];
      });
      return Object.fromEntries(read);
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      held.clear();
      onDispose(variables);
    },
  };
  return variables;
}
