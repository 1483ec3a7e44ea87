import type { TensorMap } from "@alexnet/core";
import {
  type CompileHints,
  checkAlive,
  checkFeeds,
  checkVariables,
  type Executable,
  type Variables,
} from "@alexnet/core/backend";
import type { Program } from "@alexnet/core/program";
import type { InferenceSession } from "onnxruntime-node";
import type { OnnxRuntime } from "./engine.js";
import { encodeModelBesideData } from "./onnx/encode.js";
import { engineArrays } from "./realm.js";
import { constantRunner } from "./running/constant-runner.js";
import { loopRunner } from "./running/loop-runner.js";
import { onceRunner } from "./running/once-runner.js";
import type { CreateSession, Lowering } from "./running/runner.js";
import type { OnnxVariables } from "./variables.js";

/** The variables a backend made, or a `DisposedError` for any other. */
export type FindVariables = (variables: Variables) => OnnxVariables;

/**
 * Makes a program ready. One that changes variables becomes a loop over its feeds, whatever their number, so that how runs
 * are grouped into calls cannot change a bit; one that changes none runs once a feed, with the variables as constants. One of several that take turns
 * with their variables runs once a feed too.
 */
export async function compileProgram(
  engine: OnnxRuntime,
  program: Program,
  { lowering, ...options }: InferenceSession.SessionOptions & { readonly lowering: Lowering },
  { variablesChange = false }: CompileHints,
  hooks: { readonly find: FindVariables; isDisposed(): boolean; onDispose(executable: Executable): void },
): Promise<Executable> {
  const arrays = engineArrays(engine);
  const createSession: CreateSession = (graph, settings) => {
    const { model, externalData } = encodeModelBesideData(graph);
    return engine.InferenceSession.create(arrays.bytes(model), {
      ...options,
      ...settings,
      externalData: externalData.map(({ path, data }) => ({ path, data: arrays.bytes(data) })),
    });
  };
  const assigns = Object.keys(program.assignments).length > 0;
  const makeRunner = variablesChange ? onceRunner : assigns ? loopRunner : constantRunner;
  const runner = await makeRunner({ Tensor: engine.Tensor, arrays, createSession, lowering }, program);
  let disposed = false;
  const checked = (variables: Variables, feeds: readonly TensorMap[]): OnnxVariables => {
    checkAlive(disposed || hooks.isDisposed(), `The program "${program.name}"`);
    const state = hooks.find(variables);
    checkVariables(program, state.shape);
    checkFeeds(program, feeds);
    return state;
  };
  const executable: Executable = {
    program,
    async run(variables, feeds) {
      const state = checked(variables, feeds);
      return feeds.length === 0 ? [] : runner.run(state, feeds);
    },
    async profile(variables, feeds) {
      const state = checked(variables, feeds);
      return feeds.length === 0 ? [] : runner.profile(state, feeds);
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      await runner.release();
      hooks.onDispose(executable);
    },
  };
  return executable;
}
