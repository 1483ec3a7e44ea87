import {
  checkAlive,
  checkFeeds,
  checkVariables,
  type Executable,
  type Program,
  type Shape,
  sizeOf,
  type Tensor,
  type TensorMap,
  valueShapes,
} from "@alexnet/core";
import type { InferenceSession, OnnxValue } from "onnxruntime-node";
import type { Engine } from "./engine.js";
import { finalVariable, lowerLoop, outerVariable, RUNS, stackedInput, stackedOutput } from "./lowering/lower-loop.js";
import { lowerProgram, outputName } from "./lowering/lower-program.js";
import { encodeModel } from "./onnx/encode.js";
import type { OnnxVariables } from "./variables.js";

type Run = (
  session: InferenceSession,
  variables: OnnxVariables,
  feeds: readonly TensorMap[],
) => Promise<readonly TensorMap[]>;

/** The variables a backend made, or a `DisposedError` for any other. */
export type FindVariables = (variables: Parameters<Executable["run"]>[0]) => OnnxVariables;

/**
 * Makes a program ready. One that changes variables becomes a loop over its feeds, whatever their number, so that how runs
 * are grouped into calls cannot change a bit; one that changes none runs once a feed.
 */
export async function compileProgram(
  engine: Engine,
  program: Program,
  options: InferenceSession.SessionOptions,
  hooks: { readonly find: FindVariables; isDisposed(): boolean; onDispose(executable: Executable): void },
): Promise<Executable> {
  const loops = Object.keys(program.assignments).length > 0;
  const model = encodeModel(loops ? lowerLoop(program) : lowerProgram(program));
  const session = await engine.InferenceSession.create(model, options);
  const run: Run = loops ? loopRun(engine, program) : singleRuns(engine, program);
  let disposed = false;
  const executable: Executable = {
    program,
    async run(variables, feeds) {
      checkAlive(disposed || hooks.isDisposed(), `The program "${program.name}"`);
      const state = hooks.find(variables);
      checkVariables(program, state.shape);
      checkFeeds(program, feeds);
      return feeds.length === 0 ? [] : run(session, state, feeds);
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      await session.release();
      hooks.onDispose(executable);
    },
  };
  return executable;
}

function singleRuns({ Tensor }: Engine, program: Program): Run {
  const outputs = Object.keys(program.outputs);
  return async (session, variables, feeds) => {
    const state = Object.keys(program.variables).map((name) => [name, variables.get(name)] as const);
    const results: TensorMap[] = [];
    for (const feed of feeds) {
      const inputs = Object.entries(feed).map(
        ([name, { shape, data }]) => [name, new Tensor("float32", float32(data), shape)] as const,
      );
      const fetched = await session.run(Object.fromEntries([...state, ...inputs]));
      results.push(
        Object.fromEntries(outputs.map((name) => [name, hostTensor(fetched[outputName(name)] as OnnxValue)])),
      );
    }
    return results;
  };
}

function loopRun({ Tensor }: Engine, program: Program): Run {
  const shapes = valueShapes(program);
  const outputs = Object.entries(program.outputs).map(([name, value]) => ({ name, shape: shapes.get(value) as Shape }));
  return async (session, variables, feeds) => {
    const fed: Record<string, OnnxValue> = { [RUNS]: new Tensor("int64", BigInt64Array.of(BigInt(feeds.length)), []) };
    for (const name of Object.keys(program.variables)) fed[outerVariable(program, name)] = variables.get(name);
    for (const [name, shape] of Object.entries(program.inputs)) {
      const values = feeds.map((feed) => (feed[name] as Tensor).data);
      fed[stackedInput(name)] = new Tensor("float32", stacked(values, sizeOf(shape)), [feeds.length, ...shape]);
    }
    const fetched = await session.run(fed);
    for (const variable of Object.keys(program.assignments)) {
      variables.set(variable, fetched[finalVariable(variable)] as OnnxValue);
    }
    return feeds.map((_, run) =>
      Object.fromEntries(
        outputs.map(({ name, shape }) => {
          const { data } = hostTensor(fetched[stackedOutput(name)] as OnnxValue);
          const size = sizeOf(shape);
          return [name, { shape, data: data.slice(run * size, (run + 1) * size) }];
        }),
      ),
    );
  };
}

function float32(data: Tensor["data"]): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

/** Arrays one after the other; a single one of the right type is passed through and never copied. */
function stacked(values: readonly Tensor["data"][], size: number): Float32Array {
  const [first] = values as [Tensor["data"]];
  if (values.length === 1) return float32(first);
  const all = new Float32Array(values.length * size);
  values.forEach((value, run) => {
    all.set(value, run * size);
  });
  return all;
}

function hostTensor(value: OnnxValue): Tensor {
  return { shape: value.dims, data: (value as OnnxValue & { readonly data: Float32Array }).data };
}
