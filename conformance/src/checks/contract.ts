import { type Tensor, type TensorMap, tensor } from "@alexnet/core";
import type { Backend, Executable, Variables } from "@alexnet/core/backend";
import { type Check, ConformanceError } from "../suite/check.js";
import { MOST_AMPLIFICATION, MOST_EIGHT_BIT_BLOCK, unitRoundoff } from "../tolerance.js";
import {
  addingToA,
  filled,
  IMAGES,
  inferring,
  learning,
  naming,
  rectifying,
  rotating,
  SHAPE,
  STEP,
  sharing,
  WEIGHTS,
} from "./contract-programs.js";
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

/** Level 1: what the comments of `Backend`, `Executable` and `Variables` promise, sentence by sentence. */
export const contractChecks: readonly Check[] = [
  lifecycle("says what it is", [], async ({ backend: { info } }) => {
    for (const key of ["name", "engine", "version", "device"] as const) {
      if (typeof info[key] !== "string" || info[key] === "") throw new ConformanceError(`info.${key} is no text.`);
    }
    if (!Object.hasOwn(unitRoundoff, info.precision)) {
      throw new ConformanceError(
        `info.precision is ${info.precision}, and must be one of ${Object.keys(unitRoundoff).join(", ")}.`,
      );
    }
    if (new Set(info.operations).size !== info.operations.length) {
      throw new ConformanceError("info.operations names an operation twice.");
    }
    const { convolutionAmplification: amplification = 1 } = info;
    if (!(amplification >= 1 && amplification <= MOST_AMPLIFICATION)) {
      throw new ConformanceError(
        `info.convolutionAmplification is ${amplification}, and must be from 1 to ${MOST_AMPLIFICATION}.`,
      );
    }
    const { eightBitBlock = 1 } = info;
    if (!(Number.isSafeInteger(eightBitBlock) && eightBitBlock >= 1 && eightBitBlock <= MOST_EIGHT_BIT_BLOCK)) {
      throw new ConformanceError(
        `info.eightBitBlock is ${eightBitBlock}, and must be a whole number from 1 to ${MOST_EIGHT_BIT_BLOCK}.`,
      );
    }
    if (!Number.isSafeInteger(info.preferredFeeds) || info.preferredFeeds < 1) {
      throw new ConformanceError(`info.preferredFeeds is ${info.preferredFeeds}, and must be 1 or more.`);
    }
  }),
  lifecycle("does nothing in a call without feeds", ["add"], async ({ backend }) => {
    await withProgram(backend, accumulating, async (run, read) => {
      const results = await run([]);
      if (results.length > 0) throw new ConformanceError(`A call without feeds gave ${results.length} results.`);
      expectValues("total", (await read()).total?.data, [0, 1, 2, 3, 4, 5]);
    });
  }),
  lifecycle("refuses a feed that the program does not know", ["add"], async ({ backend }) => {
    await withProgram(backend, accumulating, async (run, read) => {
      const codes = ["PROGRAM", "SHAPE", "INVALID_ARGUMENT"];
      await expectError("an unknown feed", () => run([{ x: ONES }, { x: ONES, y: ONES }]), ...codes);
      expectValues("total", (await read()).total?.data, [0, 1, 2, 3, 4, 5]);
      await run([{ x: ONES }]);
      expectValues("total, after a good call", (await read()).total?.data, [1, 2, 3, 4, 5, 6]);
    });
  }),
  lifecycle("refuses the variables of another backend", ["scale"], async ({ backend, create }) => {
    const other = await create();
    try {
      const executable = await backend.compile(doubling);
      const foreign = await other.createVariables({ total: START });
      const results = await executable.run(foreign, [{}]).catch(() => undefined);
      if (results) throw new ConformanceError("A run with the variables of another backend must throw.");
      expectValues("the other backend's variable", (await foreign.read()).total?.data, [0, 1, 2, 3, 4, 5]);
      await executable.dispose();
      await foreign.dispose();
    } finally {
      await other.dispose();
    }
  }),
  lifecycle(
    "gives each output under its name, whatever it is and whatever it is called",
    ["add"],
    async ({ backend }) => {
      await withProgram(backend, naming, async (run) => {
        for (const [outputs, name] of (await run([{ x: ONES }, { x: ONES }])).map(
          (each, index) => [each, index] as const,
        )) {
          const expected = { one: SUM, other: SUM, variable: [0, 1, 2, 3, 4, 5], fed: [1, 1, 1, 1, 1, 1], x: SUM };
          const names = Object.keys(outputs).sort().join();
          if (names !== Object.keys(expected).sort().join()) throw new ConformanceError(`Run ${name} gave ${names}.`);
          for (const [output, values] of Object.entries(expected)) {
            expectValues(`${output}, run ${name}`, outputs[output]?.data, values);
          }
        }
      });
    },
  ),
  lifecycle("tells how long operations take, if it can, and changes nothing by it", ["add"], async ({ backend }) => {
    const executable = await backend.compile(accumulating);
    try {
      if (!executable.profile) return;
      const profile: NonNullable<Executable["profile"]> = async (...given) =>
        (await executable.profile?.(...given)) ?? [];
      const variables = await backend.createVariables({ total: START });
      const times = await profile(variables, [{ x: ONES }, { x: ONES }]);
      const told = times.flatMap(({ values }) => values);
      const defined = accumulating.operations.map(({ output }) => output);
      if (told.toSorted().join() !== defined.toSorted().join()) {
        throw new ConformanceError(`profile told of the values ${told.join()}; there are ${defined.join()}.`);
      }
      const odd = times.find(({ seconds }) => !(seconds >= 0 && seconds < Number.POSITIVE_INFINITY));
      if (odd) throw new ConformanceError(`profile says that ${odd.values.join()} took ${odd.seconds} seconds.`);
      expectValues("total", (await variables.read()).total?.data, [0, 1, 2, 3, 4, 5]);
      const codes = ["PROGRAM", "SHAPE", "INVALID_ARGUMENT"];
      await expectError("a profile without a feed", () => profile(variables, [{}]), ...codes);
      await variables.dispose();
      await expectError("a profile of disposed variables", () => profile(variables, [{ x: ONES }]), "DISPOSED");
    } finally {
      await executable.dispose();
    }
  }),
  lifecycle("assigns all at once: variables that swap, and that go round", [], async ({ backend }) => {
    const start = Object.fromEntries(["a", "b", "c", "d", "e"].map((name, index) => [name, filled(SHAPE, index)]));
    await withProgram(
      backend,
      rotating,
      async (run, read) => {
        const expectations = [
          [1, 0, 3, 4, 2],
          [0, 1, 4, 2, 3],
          [0, 1, 3, 4, 2],
        ];
        for (const [call, feeds] of [[{}], [{}], [{}, {}]].entries()) {
          await run(feeds);
          const values = await read();
          const found = ["a", "b", "c", "d", "e"].map((name) => values[name]?.data[5] ?? Number.NaN);
          expectValues(`a to e after call ${call + 1}`, found, expectations[call]!);
        }
      },
      start,
    );
  }),
  lifecycle("keeps apart what takes one value", ["add"], async ({ backend }) => {
    const adding = await backend.compile(addingToA);
    const x = filled(SHAPE, 1);
    await withProgram(
      backend,
      sharing,
      async (run, read, variables) => {
        await run([{ x }]);
        x.data.fill(50);
        await adding.run(variables, [{ x: filled(SHAPE, 10) }]);
        const values = await read();
        const found = ["a", "b", "c"].map((name) => values[name]?.data[4] ?? Number.NaN);
        expectValues("a, b and c", found, [15, 5, 1]);
      },
      { a: START, b: START, c: START },
    );
    await adding.dispose();
  }),
  lifecycle("hands over results that are the caller's own", ["add"], async ({ backend }) => {
    await withProgram(backend, naming, async (run, read) => {
      const first = (await run([{ x: ONES }]))[0];
      const second = (await run([{ x: START }]))[0];
      expectValues("a result after the next call", first?.one?.data, SUM);
      for (const { data } of Object.values(second ?? {})) data.fill(99);
      for (const { data } of Object.values(await read())) data.fill(99);
      expectValues("a variable after its copy was written to", (await read()).total?.data, [0, 1, 2, 3, 4, 5]);
      expectValues("a result after the one before was written to", (await run([{ x: ONES }]))[0]?.one?.data, SUM);
    });
  }),
  lifecycle("leaves alone what it is fed and what others still read", ["relu", "scale"], async ({ backend }) => {
    await withProgram(
      backend,
      rectifying,
      async (run) => {
        const x = tensor(SHAPE, [-1, 2, -3, 4, -5, 6]);
        const [outputs] = await run([{ x }]);
        expectValues("what was fed", x.data, [-1, 2, -3, 4, -5, 6]);
        expectValues("rectified", outputs?.rectified?.data, [0, 2, 0, 4, 0, 6]);
        expectValues("doubled", outputs?.doubled?.data, [-2, 4, -6, 8, -10, 12]);
        expectValues("half, rectified", outputs?.["half rectified"]?.data, [0, 1, 0, 2, 0, 3]);
        expectValues("twice the half", outputs?.whole?.data, [-1, 2, -3, 4, -5, 6]);
      },
      {},
    );
  }),
  lifecycle("takes parts of larger arrays, and numbers of 32 and of 64 bits", ["add"], async ({ backend }) => {
    const numbers = [7, 7, 7, 0, 1, 2, 3, 4, 5, 7, 7];
    const views: readonly Tensor["data"][] = [
      Float32Array.from(numbers).subarray(3, 9),
      Float64Array.from(numbers).subarray(3, 9),
    ];
    for (const data of views) {
      await withProgram(
        backend,
        accumulating,
        async (run, read) => {
          expectValues("a variable made of a part", (await read()).total?.data, [0, 1, 2, 3, 4, 5]);
          await run([{ x: { shape: SHAPE, data } }]);
          expectValues("total, a part added to it", (await read()).total?.data, [0, 2, 4, 6, 8, 10]);
        },
        { total: { shape: SHAPE, data } },
      );
    }
  }),
  lifecycle(
    "infers with the weights there are now",
    ["conv2d", "reshape", "matmul", "addBias", "add"],
    async ({ backend }) => {
      const learn = await backend.compile(learning);
      await withProgram(
        backend,
        inferring,
        async (run, _, variables) => {
          const infer = async (expected: number, when: string) =>
            expectValues(`y ${when}`, (await run([IMAGES]))[0]?.y?.data, [expected, expected, expected]);
          await infer(8, "at first");
          await learn.run(variables, [STEP]);
          await infer(33, "after a step");
          await learn.run(variables, [STEP, STEP]);
          await infer(131, "after two more in one call");
        },
        WEIGHTS,
      );
      await learn.dispose();
    },
  ),
  lifecycle(
    "runs one program on several sets of variables in turn",
    ["conv2d", "reshape", "matmul", "addBias"],
    async ({ backend }) => {
      const sets = [1, 2, 3].map(
        (value): TensorMap =>
          Object.fromEntries(Object.entries(WEIGHTS).map(([name, { shape }]) => [name, filled(shape, value)])),
      );
      const executable = await backend.compile(inferring);
      const made: Variables[] = [];
      for (const set of sets) made.push(await backend.createVariables(set));
      const expected = [9, 34, 75];
      for (const index of [0, 1, 0, 2, 1]) {
        const [outputs] = await executable.run(made[index]!, [IMAGES]);
        const value = expected[index]!;
        expectValues(`y of set ${index + 1}`, outputs?.y?.data, [value, value, value]);
      }
      // One set, and one of two equal programs, are disposed of; the others stay.
      const twin = await backend.compile(inferring);
      await executable.dispose();
      await made[0]?.dispose();
      await expectError("a program that was disposed of", () => executable.run(made[1]!, [IMAGES]), "DISPOSED");
      await expectError("variables that were disposed of", () => twin.run(made[0]!, [IMAGES]), "DISPOSED");
      expectValues("y of set 2, later", (await twin.run(made[1]!, [IMAGES]))[0]?.y?.data, [34, 34, 34]);
      await Promise.all([twin.dispose(), made[1]?.dispose(), made[2]?.dispose()]);
    },
  ),
  lifecycle("runs as many feeds as it is handed", ["add"], async ({ backend }) => {
    await runMany(backend, 2 * Math.min(backend.info.preferredFeeds, 100) + 1);
    await runMany(backend, 67);
  }),
];

const SUM = [1, 2, 3, 4, 5, 6];

async function runMany(backend: Backend, count: number): Promise<void> {
  await withProgram(backend, accumulating, async (run, read) => {
    const feeds = Array.from({ length: count }, (_, index) => ({ x: filled(SHAPE, index) }));
    const results = await run(feeds);
    const before = results.map(({ before }) => before?.data[0] ?? Number.NaN);
    expectValues(
      `before, each of ${count} runs`,
      before,
      feeds.map((_, index) => (index * (index - 1)) / 2),
    );
    expectValues("total", [(await read()).total?.data[0] ?? Number.NaN], [(count * (count - 1)) / 2]);
  });
}
