import {
  type Backend,
  defineModel,
  layers,
  paperSgd,
  type Tensor,
  type TensorMap,
  tensor,
  trainingProgram,
} from "@alexnet/core";
import { operationKinds, type Program } from "@alexnet/core/program";
import { kindsOf } from "../kinds.js";
import { type Check, ConformanceError, NotApplicable } from "../suite/check.js";
import { watchResources } from "../suite/resources.js";
import {
  accumulating,
  doubling,
  expectError,
  expectValues,
  lifecycle,
  ONES,
  START,
  withProgram,
} from "./small-programs.js";

const { conv2d, relu, maxPool, flatten, dense } = layers;

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
      // No type has it.
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
    const kinds: readonly string[] = operationKinds;
    const had: readonly string[] = backend.info.operations;
    const lacking = kinds.find((kind) => !had.includes(kind)) ?? "fourierTransform";
    const operation = { kind: lacking, inputs: ["x"], attributes: {}, output: "y", shape: [2] };
    const program = {
      name: "unsupported",
      variables: {},
      assignments: {},
      outputs: { y: "y" },
      operations: [operation],
    };
    await expectError(
      `the operation ${lacking}`,
      () => backend.compile({ ...program, inputs: { x: [2] } } as never), // No type has it.
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
    operations: kindsOf(smallTraining().program),
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
    return [counts[0]!, counts[49]!];
  } finally {
    await variables.dispose();
    await executable.dispose();
  }
}
