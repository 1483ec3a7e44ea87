import { sizeOf, type Tensor, type TensorMap } from "@alexnet/core";
import {
  checkAlive,
  checkFeeds,
  checkVariables,
  type Executable,
  type OperationTime,
  type Variables,
} from "@alexnet/core/backend";
import { type Program, valueShapes } from "@alexnet/core/program";
import type { InferenceSession, OnnxValue } from "onnxruntime-node";
import type { OnnxRuntime } from "./engine.js";
import type { LoweringOptions, OnNaN } from "./lowering/context.js";
import { eightBitConstants, eightBitProducts } from "./lowering/eight-bit.js";
import { finalVariable, lowerLoop, outerVariable, RUNS, stackedInput, stackedOutput } from "./lowering/lower-loop.js";
import { lowerProgram, NAN_MET, outputName } from "./lowering/lower-program.js";
import { graphName } from "./lowering/names.js";
import type { Order } from "./lowering/orders.js";
import { encodeModelBesideData } from "./onnx/encode.js";
import { type OnnxGraph, withConstants } from "./onnx/graph.js";
import { type Fed, profileSession } from "./profile.js";
import { type EngineArrays, engineArrays, float32Of, ownArray, release } from "./realm.js";
import type { OnnxVariables } from "./variables.js";

/** A program as sessions of the engine. */
interface Runner {
  run(variables: OnnxVariables, feeds: readonly TensorMap[]): Promise<readonly TensorMap[]>;
  profile(variables: OnnxVariables, feeds: readonly TensorMap[]): Promise<readonly OperationTime[]>;
  release(): Promise<void>;
}

type CreateSession = (graph: OnnxGraph, settings?: InferenceSession.SessionOptions) => Promise<InferenceSession>;

/**
 * How to hold as little memory as possible. A plan made ahead takes more than what is alive at any time: 1.4 GB of 4 in a
 * step of d2l's AlexNet at 128. Folding has nothing to fold but zeros, as large as the images that gradients are added up
 * in. And finding equal nodes would keep what is made twice because keeping it takes too much room.
 */
const frugal: InferenceSession.SessionOptions = {
  enableMemPattern: false,
  extra: { optimization: { disable_specified_optimizers: "ConstantFolding;CommonSubexpressionElimination" } },
};

/**
 * For products of a single row the engine reads a matrix as it lies, so one it has laid out for products of many would only
 * be a copy that takes its time: half of that in which a session is made.
 */
const asTheyLie: InferenceSession.SessionOptions = { extra: { session: { disable_prepacking: "1" } } };

/** How a backend has its programs written. */
export type Lowering = Omit<LoweringOptions, "onNaN">;

/** What a runner needs of the engine. */
interface Tools extends Pick<OnnxRuntime, "Tensor"> {
  readonly arrays: EngineArrays;
  readonly createSession: CreateSession;
  readonly lowering: Lowering;
}

/** The variables a backend made, or a `DisposedError` for any other. */
export type FindVariables = (variables: Variables) => OnnxVariables;

/**
 * Makes a program ready. One that changes variables becomes a loop over its feeds, whatever their number, so that how runs
 * are grouped into calls cannot change a bit; one that changes none runs once a feed, with the variables as constants.
 */
export async function compileProgram(
  engine: OnnxRuntime,
  program: Program,
  { lowering, ...options }: InferenceSession.SessionOptions & { readonly lowering: Lowering },
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
  const changes = Object.keys(program.assignments).length > 0;
  const runner = await (changes ? loopRunner : constantRunner)(
    { Tensor: engine.Tensor, arrays, createSession, lowering },
    program,
  );
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

/**
 * Variables become constants of the graph, so that the engine can lay weights out for its kernels once and not at every
 * run. When they change, or others are given, the next run makes a new session.
 */
async function constantRunner(tools: Tools, program: Program): Promise<Runner> {
  const { Tensor, arrays } = tools;
  const outputs = Object.keys(program.outputs);
  const sessions = await carefulWhenNeeded((onNaN) => constantSessions(tools, program, onNaN));

  const fedBy = (feed: TensorMap): Fed =>
    Object.fromEntries(
      Object.entries(feed).map(
        ([name, { shape, data }]) => [graphName(name), new Tensor("float32", arrays.float32(data), shape)] as const,
      ),
    );

  async function runOnce(variables: OnnxVariables, feed: TensorMap): Promise<TensorMap> {
    const { fetched } = await sessions.use(async (given) => (await given.sessionFor(variables)).run(fedBy(feed)));
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
        fed: feeds.map(fedBy),
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

async function loopRunner({ Tensor, arrays, createSession, lowering }: Tools, program: Program): Promise<Runner> {
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
          return [name, { shape, data: data.slice(run * size, (run + 1) * size) }];
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

/**
 * Runs a graph that only tells whether it met NaN; where it did, which is rare, its results are thrown away and one that
 * lets NaN through is made and run instead. Both compute the same bits where there is none.
 */
async function carefulWhenNeeded<Made extends { release(): Promise<void> }>(make: (onNaN: OnNaN) => Promise<Made>) {
  const quick = await make("tell");
  let careful: Made | undefined;
  return {
    /** What was fetched, and from which of the two. */
    async use(run: (made: Made) => Promise<InferenceSession.OnnxValueMapType>) {
      const fetched = await run(quick);
      const met = fetched[NAN_MET];
      if (!met || !hostTensor(met).data.some(Number.isNaN)) return { fetched, made: quick };
      for (const value of Object.values(fetched)) value.dispose();
      careful ??= await make("propagate");
      return { fetched: await run(careful), made: careful };
    },
    async release() {
      await quick.release();
      await careful?.release();
      careful = undefined;
    },
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

function hostTensor(value: OnnxValue): Tensor {
  return { shape: value.dims, data: ownArray(float32Of(value)) };
}
