import { sizeOf, type Tensor, type TensorMap } from "@alexnet/core";
import { type Program, valueShapes } from "@alexnet/core/program";
import type { InferenceSession, OnnxValue } from "onnxruntime-node";
import { finalVariable, lowerLoop, outerVariable, RUNS, stackedInput, stackedOutput } from "../lowering/lower-loop.js";
import type { Order } from "../lowering/orders.js";
import { type Fed, profileSession } from "../profile.js";
import { release } from "../realm.js";
import type { OnnxVariables } from "../variables.js";
import { carefulWhenNeeded } from "./careful.js";
import { frugal, hostTensor, type Runner, type Tools } from "./runner.js";

/** Variables go through a loop over the feeds, one step a turn, and come out as they are after the last. */
export async function loopRunner(
  { Tensor, arrays, createSession, lowering }: Tools,
  program: Program,
): Promise<Runner> {
  const sessions = await carefulWhenNeeded(async (onNaN) => {
    const { graph, orders } = lowerLoop(program, { ...lowering, onNaN });
    const session = await createSession(graph, frugal);
    return { session, orders, release: () => session.release() };
  });
  const shapes = valueShapes(program);
  const outputs = Object.entries(program.outputs).map(([name, value]) => ({ name, shape: shapes.get(value)! }));
  function fedBy(feeds: readonly TensorMap[]): {
    readonly fed: Record<string, OnnxValue>;
    readonly copies: Float32Array[];
  } {
    const fed: Record<string, OnnxValue> = { [RUNS]: new Tensor("int64", [feeds.length], []) };
    const copies: Float32Array[] = [];
    for (const [name, shape] of Object.entries(program.inputs)) {
      const values = feeds.map((feed) => feed[name]!.data);
      const data = arrays.float32(stacked(values, sizeOf(shape)));
      if (feeds.length > 1) copies.push(data);
      fed[stackedInput(name)] = new Tensor("float32", data, [feeds.length, ...shape]);
    }
    return { fed, copies };
  }

  function stateOf(variables: OnnxVariables, orders: ReadonlyMap<string, Order>): Fed {
    const names = Object.keys(program.variables);
    return Object.fromEntries(
      names.map((name) => [outerVariable(program, name), variables.get(name, orders.get(name))]),
    );
  }

  async function run(variables: OnnxVariables, feeds: readonly TensorMap[]): Promise<readonly TensorMap[]> {
    const { fed, copies } = fedBy(feeds);
    const { fetched, made } = await sessions.use(({ session, orders }) =>
      session.run({ ...fed, ...stateOf(variables, orders) }),
    );
    for (const copy of copies) release(copy);
    for (const [variable, order] of made.orders) {
      variables.set(variable, fetched[finalVariable(variable)]!, order);
    }
    return feeds.map((_, run) =>
      Object.fromEntries(
        outputs.map(({ name, shape }) => {
          const { data } = hostTensor(fetched[stackedOutput(name)]!);
          const size = sizeOf(shape);
          return [name, { shape, data: feeds.length === 1 ? data : data.slice(run * size, (run + 1) * size) }];
        }),
      ),
    );
  }
  return {
    run: (variables, feeds) => variables.change(() => run(variables, feeds)),
    profile: (variables, feeds) =>
      variables.change(() => {
        const { graph, orders } = lowerLoop(program, { ...lowering, onNaN: "tell" });
        const create = (settings: InferenceSession.SessionOptions) => createSession(graph, { ...frugal, ...settings });
        const fed = { ...fedBy(feeds).fed, ...stateOf(variables, orders) };
        return profileSession(program, create, { fed: [fed], runsEach: feeds.length });
      }),
    release: sessions.release,
  };
}

/** Arrays one after the other; a single one is passed through and never copied. */
function stacked(values: readonly Tensor["data"][], size: number): Tensor["data"] {
  const [first] = values;
  if (first && values.length === 1) return first;
  const all = new Float32Array(values.length * size);
  values.forEach((value, run) => {
    all.set(value, run * size);
  });
  return all;
}
