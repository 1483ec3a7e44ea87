import type { TensorMap } from "@alexnet/core";
import type { Program } from "@alexnet/core/program";
import type { InferenceSession } from "onnxruntime-node";
import type { OnNaN } from "../lowering/context.js";
import { eightBitConstants, eightBitProducts } from "../lowering/eight-bit.js";
import { lowerProgram, outputName } from "../lowering/lower-program.js";
import { graphName } from "../lowering/names.js";
import { withConstants } from "../onnx/graph.js";
import { profileSession } from "../profile.js";
import { float32Of, ownArray } from "../realm.js";
import type { OnnxVariables } from "../variables.js";
import { carefulWhenNeeded } from "./careful.js";
import { fedBy, hostTensor, type Runner, type Tools } from "./runner.js";

/**
 * For products of a single row the engine reads a matrix as it lies, so one it has laid out for products of many would only
 * be a copy that takes its time: half of that in which a session is made.
 */
const asTheyLie: InferenceSession.SessionOptions = { extra: { session: { disable_prepacking: "1" } } };

/**
 * Variables become constants of the graph, so that the engine can lay weights out for its kernels once and not at every
 * run. When they change, or others are given, the next run makes a new session.
 */
export async function constantRunner(tools: Tools, program: Program): Promise<Runner> {
  const outputs = Object.keys(program.outputs);
  const sessions = await carefulWhenNeeded((onNaN) => constantSessions(tools, program, onNaN));

  async function runOnce(variables: OnnxVariables, feed: TensorMap): Promise<TensorMap> {
    const { fetched } = await sessions.use(async (given) =>
      (await given.sessionFor(variables)).run(fedBy(tools, feed)),
    );
    return Object.fromEntries(outputs.map((name) => [name, hostTensor(fetched[outputName(name)]!)]));
  }

  return {
    async run(variables, feeds) {
      const results: TensorMap[] = [];
      for (const feed of feeds) results.push(await runOnce(variables, feed));
      return results;
    },
    profile(variables, feeds) {
      const create = constantSession(tools, program, "tell");
      return profileSession(program, (settings) => create(variables, settings), {
        fed: feeds.map((feed) => fedBy(tools, feed)),
        runsEach: 1,
      });
    },
    release: sessions.release,
  };
}

/** Makes sessions of a program in which the values of variables, if it has any, are constants. */
function constantSession({ createSession, lowering }: Tools, program: Program, onNaN: OnNaN) {
  const options = { ...lowering, onNaN };
  const graph = lowerProgram(program, options);
  const { weights } = eightBitProducts(program, options);
  const constantsOf = (variables: OnnxVariables, name: string) => {
    const data = ownArray(float32Of(variables.get(name)));
    const weight = weights.get(name);
    return weight ? eightBitConstants(graphName(name), data, weight) : ([[graphName(name), data]] as const);
  };
  const singleRows = program.operations.every(({ kind, shape }) => kind !== "matmul" || shape[0] === 1);
  return (
    variables: OnnxVariables | undefined,
    settings?: InferenceSession.SessionOptions,
  ): Promise<InferenceSession> => {
    const names = variables ? Object.keys(program.variables) : [];
    const values = new Map(
      names.flatMap<readonly [string, Float32Array | Uint8Array]>((name) => constantsOf(variables!, name)),
    );
    return createSession(withConstants(graph, values), {
      ...(singleRows && weights.size === 0 && asTheyLie),
      ...settings,
    });
  };
}

/** The session of a program for one set of variables at a time. */
async function constantSessions(tools: Tools, program: Program, onNaN: OnNaN) {
  const create = constantSession(tools, program, onNaN);
  const constant = Object.keys(program.variables).length === 0;
  let made: { readonly session: InferenceSession; readonly of?: OnnxVariables; readonly version?: number } | undefined;
  // Without variables there is nothing to wait for, and what the engine refuses shows at once.
  if (constant) made = { session: await create(undefined) };

  async function release(): Promise<void> {
    await made?.session.release();
    made = undefined;
  }

  return {
    async sessionFor(variables: OnnxVariables): Promise<InferenceSession> {
      if (made && (constant || (made.of === variables && made.version === variables.version))) {
        return made.session;
      }
      await release();
      const { version } = variables;
      made = { session: await create(variables), of: variables, version };
      return made.session;
    },
    release,
  };
}
