import {
  type AlexNetError,
  type Backend,
  defineModel,
  hasCode,
  layers,
  type Operation,
  type OperationKind,
  operations,
  type Program,
  paperSgd,
  programBuilder,
  type Tensor,
  type TensorMap,
  tensor,
  trainingProgram,
} from "@alexnet/core";
import { type Check, type CheckContext, ConformanceError, NotApplicable } from "../suite/check.js";
import { watchResources } from "../suite/resources.js";

const { conv2d, relu, maxPool, flatten, dense } = layers;

/** `total ← total + x`, and what it was before. */
const accumulating = ((): Program => {
  const builder = programBuilder("accumulate");
  const total = builder.variable("total", [2, 3]);
  const sum = builder.apply("add", [total, builder.input("x", [2, 3])], {});
  builder.output(total, "before");
  builder.assign(total, sum);
  return builder.build();
})();

/** Twice the same variable, which it does not change. */
const doubling = ((): Program => {
  const builder = programBuilder("double");
  builder.output(builder.apply("scale", [builder.variable("total", [2, 3])], { factor: 2 }), "twice");
  return builder.build();
})();

const ONES = tensor([2, 3], [1, 1, 1, 1, 1, 1]);
const START = tensor([2, 3], [0, 1, 2, 3, 4, 5]);

function lifecycle(
  title: string,
  kinds: readonly OperationKind[],
  run: (context: CheckContext) => Promise<void>,
): Check {
  return {
    id: `lifecycle/${title}`,
    level: 1,
    operations: kinds,
    work: 0,
    async run(context) {
      await run(context);
      return [];
    },
  };
}

/** Level 1: programs compile, run, keep state, refuse what they cannot do, and leave nothing behind. */
export const lifecycleChecks: readonly Check[] = [
  lifecycle("keeps variables from run to run", ["add"], async ({ backend }) => {
    await withProgram(backend, accumulating, async (run, read) => {
      const [first, second] = [await run([{ x: ONES }]), await run([{ x: ONES }])];
      expectValues("before, first run", first[0]?.before?.data, [0, 1, 2, 3, 4, 5]);
      expectValues("before, second run", second[0]?.before?.data, [1, 2, 3, 4, 5, 6]);
      expectValues("total", (await read()).total?.data, [2, 3, 4, 5, 6, 7]);
    });
  }),
  lifecycle("gives the same however runs are grouped into calls", ["add"], async ({ backend }) => {
    await withProgram(backend, accumulating, async (run, read) => {
      const results = await run([{ x: ONES }, { x: START }, { x: ONES }]);
      expectValues(
        "before, each run",
        results.flatMap(({ before }) => Array.from(before?.data ?? [])),
        [0, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6, 1, 3, 5, 7, 9, 11],
      );
      expectValues("total", (await read()).total?.data, [2, 4, 6, 8, 10, 12]);
    });
  }),
  lifecycle("runs two programs over one set of variables", ["add", "scale"], async ({ backend }) => {
    const other = await backend.compile(doubling);
    await withProgram(backend, accumulating, async (run, _, variables) => {
      await run([{ x: ONES }]);
      const [outputs] = await other.run(variables, [{}]);
      expectValues("twice", outputs?.twice?.data, [2, 4, 6, 8, 10, 12]);
    });
    await other.dispose();
  }),
  lifecycle("copies what it is given", ["add"], async ({ backend }) => {
    const start = tensor([2, 3], [0, 1, 2, 3, 4, 5]);
    const variables = await backend.createVariables({ total: start });
    start.data.fill(99);
    expectValues("total", (await variables.read()).total?.data, [0, 1, 2, 3, 4, 5]);
    await variables.dispose();
  }),
  lifecycle("reads the variables that are named", [], async ({ backend }) => {
    const variables = await backend.createVariables({ one: ONES, total: START });
    const read = await variables.read(["total"]);
    if (Object.keys(read).join() !== "total") {
      throw new ConformanceError(
        `read(["total"]) should give "total" alone, but gave ${Object.keys(read).join(", ")}.`,
      );
    }
    await expectError("a variable that is not there", () => variables.read(["nothing"]), "PROGRAM");
    await variables.dispose();
  }),
  lifecycle("refuses feeds and variables that do not fit, and changes nothing", ["add"], async ({ backend }) => {
    await withProgram(backend, accumulating, async (run, read) => {
      await expectError("a missing feed", () => run([{ x: ONES }, {}]), "PROGRAM", "SHAPE");
      await expectError("a feed of another shape", () => run([{ x: tensor([3], [1, 2, 3]) }]), "SHAPE");
      const short = { shape: [2, 3], data: new Float32Array(5) };
      await expectError("a feed one value short of its shape", () => run([{ x: ONES }, { x: short }]), "SHAPE");
      const integers = { shape: [2, 3], data: new Int32Array(6) } as unknown as Tensor;
      await expectError("a feed of integers", () => run([{ x: integers }]), "INVALID_ARGUMENT");
      const short64 = { shape: [2, 3], data: new Float64Array(7) };
      await expectError("a variable one value too long", () => backend.createVariables({ total: short64 }), "SHAPE");
      expectValues("total", (await read()).total?.data, [0, 1, 2, 3, 4, 5]);
    });
    const executable = await backend.compile(accumulating);
    const variables = await backend.createVariables({ other: ONES });
    await expectError("a missing variable", () => executable.run(variables, [{ x: ONES }]), "PROGRAM", "SHAPE");
    await variables.dispose();
    await executable.dispose();
  }),
  lifecycle("refuses an operation it does not have, before any work", [], async ({ backend }) => {
    const kinds = Object.keys(operations) as OperationKind[];
    const lacking =
      kinds.find((kind) => !backend.info.operations.includes(kind)) ?? ("fourierTransform" as OperationKind);
    const operation = { kind: lacking, inputs: ["x"], attributes: {}, output: "y", shape: [2] } as unknown as Operation;
    const program = {
      name: "unsupported",
      variables: {},
      assignments: {},
      outputs: { y: "y" },
      operations: [operation],
    };
    await expectError(
      `the operation ${lacking}`,
      () => backend.compile({ ...program, inputs: { x: [2] } }),
      "UNSUPPORTED_OPERATION",
    );
  }),
  lifecycle("is disposed of once, however often it is asked", ["add"], async ({ create }) => {
    const backend = await create();
    const executable = await backend.compile(accumulating);
    const variables = await backend.createVariables({ total: START });
    for (const disposable of [executable, executable, variables, variables, backend, backend])
      await disposable.dispose();
    await expectError("run after dispose", () => executable.run(variables, [{ x: ONES }]), "DISPOSED");
    await expectError("read after dispose", () => variables.read(), "DISPOSED");
    await expectError("compile after dispose", () => backend.compile(accumulating), "DISPOSED");
    await expectError("createVariables after dispose", () => backend.createVariables({ total: START }), "DISPOSED");
  }),
  lifecycle("frees what it made when the backend is disposed of first", ["add"], async ({ create }) => {
    const backend = await create();
    const executable = await backend.compile(accumulating);
    const variables = await backend.createVariables({ total: START });
    await executable.run(variables, [{ x: ONES }]);
    await backend.dispose();
    await executable.dispose();
    await variables.dispose();
    const left = backend.allocations?.() ?? 0;
    if (left > 0) throw new ConformanceError(`${left} buffers are alive after dispose.`);
  }),
  {
    id: "lifecycle/holds as many buffers after 50 steps as after 1",
    level: 1,
    operations: [...new Set(smallTraining().program.operations.map(({ kind }) => kind))],
    work: 0,
    async run({ backend }) {
      if (!backend.allocations) throw new NotApplicable(`${backend.info.name} does not count its buffers.`);
      const [first, last] = await buffersDuringTraining(backend, backend.allocations);
      if (first !== last) {
        throw new ConformanceError(`${first} buffers are alive after a step, and ${last} after 50 of them.`);
      }
      return [];
    },
  },
  lifecycle("lets the process exit once it is disposed of", ["add"], async ({ create }) => {
    const resources = watchResources();
    try {
      const backend = await create();
      await withProgram(backend, accumulating, async (run) => void (await run([{ x: ONES }])));
      await backend.dispose();
      // Threads and handles may take a moment to close.
      for (let wait = 0; wait < 40 && resources.alive().length > 0; wait++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const left = resources.alive();
      if (left.length > 0)
        throw new ConformanceError(`After dispose these keep the process alive: ${left.join(", ")}.`);
    } finally {
      resources.stop();
    }
  }),
];

type Run = (feeds: readonly TensorMap[]) => Promise<readonly TensorMap[]>;

async function withProgram(
  backend: Backend,
  program: Program,
  use: (
    run: Run,
    read: () => Promise<TensorMap>,
    variables: Awaited<ReturnType<Backend["createVariables"]>>,
  ) => Promise<void>,
): Promise<void> {
  const executable = await backend.compile(program);
  const variables = await backend.createVariables({ total: START });
  try {
    await use(
      (feeds) => executable.run(variables, feeds),
      () => variables.read(),
      variables,
    );
  } finally {
    await variables.dispose();
    await executable.dispose();
  }
}

/** A training step with the operations of an AlexNet, small. */
function smallTraining() {
  const model = defineModel({
    name: "small",
    inputShape: [2, 9, 9],
    layers: [
      conv2d("conv1", { filters: 4, kernel: 3 }),
      relu("relu1"),
      maxPool("pool1", { window: 3, stride: 2 }),
      flatten("flatten"),
      dense("fc2", { units: 3 }),
    ],
  });
  return trainingProgram(model, 2, paperSgd);
}

async function buffersDuringTraining(backend: Backend, allocations: () => number): Promise<readonly [number, number]> {
  const { program } = smallTraining();
  const filled = (shapes: Program["inputs"]): TensorMap =>
    Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => {
        const size = shape.reduce((product, extent) => product * extent, 1);
        return [
          name,
          tensor(
            shape,
            Array.from({ length: size }, (_, index) => ((index % 7) - 3) / 8),
          ),
        ];
      }),
    );
  const executable = await backend.compile(program);
  const variables = await backend.createVariables(filled(program.variables));
  try {
    const counts: number[] = [];
    for (let step = 0; step < 50; step++) {
      await executable.run(variables, [filled(program.inputs)]);
      counts.push(allocations());
    }
    return [counts[0] as number, counts[49] as number];
  } finally {
    await variables.dispose();
    await executable.dispose();
  }
}

function expectValues(what: string, found: ArrayLike<number> | undefined, expected: readonly number[]): void {
  const values = Array.from(found ?? []);
  if (values.length !== expected.length || values.some((value, index) => value !== expected[index])) {
    throw new ConformanceError(`${what} should be [${expected}], but is [${values}].`);
  }
}

/**
 * Errors are told by their code and not by their class: a backend that brings its own copy of core throws classes of the
 * same name that are not the same.
 */
async function expectError(what: string, work: () => Promise<unknown>, ...codes: readonly string[]): Promise<void> {
  const wanted = codes.join(" or ");
  try {
    await work();
  } catch (error) {
    if (codes.some((code) => hasCode(error, code))) return;
    const { code = "none", name, message } = error as Partial<AlexNetError>;
    throw new ConformanceError(
      `${what} should throw an error of code ${wanted}, but threw one of code ${code}, ${name}: ${message}`,
    );
  }
  throw new ConformanceError(`${what} should throw an error of code ${wanted}, but did not throw.`);
}
