import { checkAlive, ProgramError, type Shape, type Tensor, type TensorMap, type Variables } from "@alexnet/core";
import type { OnnxValue } from "onnxruntime-node";
import type { OnnxRuntime } from "./engine.js";
import { engineArrays, ownArray, release } from "./realm.js";

type EngineTensor = InstanceType<OnnxRuntime["Tensor"]>;

/** State kept as tensors of the engine. A run reads them in place and puts new tensors in their stead. */
export interface OnnxVariables extends Variables {
  shape(name: string): Shape | undefined;
  get(name: string): EngineTensor;
  /** Takes a value in place of the one before, whose memory is given back: nothing may be computing with it. */
  set(name: string, value: OnnxValue): void;
  /** Throws `ProgramError` while another such work is going on; what `get` gave before is gone afterwards. */
  change<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Grows with every change. */
  readonly version: number;
  readonly disposed: boolean;
}

export function onnxVariables(
  engine: OnnxRuntime,
  values: TensorMap,
  onDispose: (variables: Variables) => void,
): OnnxVariables {
  const tensors = new Map<string, EngineTensor>();
  const arrays = engineArrays(engine);
  for (const [name, { shape, data }] of Object.entries(values)) {
    tensors.set(name, new engine.Tensor("float32", arrays.float32(data.slice()), shape));
  }
  let disposed = false;
  let version = 0;
  let changing = false;
  const variables: OnnxVariables = {
    get disposed() {
      return disposed;
    },
    get version() {
      return version;
    },
    shape: (name) => tensors.get(name)?.dims,
    get: (name) => tensors.get(name) as EngineTensor,
    set(name, value) {
      const old = tensors.get(name);
      tensors.set(name, value as EngineTensor);
      version++;
      if (old) release(old.data as Float32Array);
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
    async read(names = [...tensors.keys()]) {
      checkAlive(disposed, "The set of variables");
      const read = names.map((name): readonly [string, Tensor] => {
        const held = tensors.get(name);
        if (!held)
          throw new ProgramError(`There is no variable "${name}"; there are ${[...tensors.keys()].join(", ")}.`);
        return [name, { shape: held.dims, data: ownArray(held.data as Float32Array).slice() }];
      });
      return Object.fromEntries(read);
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      for (const held of tensors.values()) held.dispose();
      tensors.clear();
      onDispose(variables);
    },
  };
  return variables;
}
