import type { TensorMap } from "@alexnet/core";
import type { Operation } from "@alexnet/core/program";
import { behaving, type Mutant, referenceWith, running, toHalf } from "./mutant.js";

export const trainingMutants: readonly Mutant[] = [
  {
    name: "results padded to a multiple of 16",
    level: 4,
    create: () =>
      referenceWith({
        download(buffer, shape) {
          const data = new Float64Array(Math.ceil(buffer.length / 16) * 16);
          data.set(buffer);
          return { shape, data };
        },
      }),
  },
  {
    name: "gives no more than eight outputs",
    level: 4,
    create: behaving((backend) => ({
      compile: (program) =>
        backend.compile({ ...program, outputs: Object.fromEntries(Object.entries(program.outputs).slice(0, 8)) }),
    })),
  },
  {
    name: "leaves out the activation after a convolution and its bias",
    level: 4,
    create: behaving((backend) => ({
      compile(program) {
        const biased = new Set(program.operations.filter(({ kind }) => kind === "addBias").map(({ output }) => output));
        const operations = program.operations.map(
          (operation): Operation =>
            (operation.kind === "relu" || operation.kind === "sigmoid") && biased.has(operation.inputs[0] as string)
              ? { ...operation, kind: "scale", attributes: { factor: 1 } }
              : operation,
        );
        return backend.compile({ ...program, operations });
      },
    })),
  },
  {
    name: "weights kept in float16",
    level: 5,
    create: () =>
      referenceWith({
        upload: ({ shape, data }) => Float64Array.from(data, shape.length === 4 ? toHalf : Number),
      }),
  },
  {
    name: "velocities that do not survive a call",
    level: 6,
    create: behaving((backend) => ({
      async compile(program) {
        const kept = Object.entries(program.assignments).filter(([name]) => !name.endsWith(".velocity"));
        const whole = await backend.compile(program);
        const last = await backend.compile({ ...program, assignments: Object.fromEntries(kept) });
        return {
          ...whole,
          // Within a call they go on; its last step leaves them as they were.
          run: async (variables, feeds) => [
            ...(await whole.run(variables, feeds.slice(0, -1))),
            ...(await last.run(variables, feeds.slice(-1))),
          ],
        };
      },
    })),
  },
  {
    name: "learning rate of a call's first step in all of them",
    level: 6,
    create: running((executable) => (variables, feeds) => {
      const rate = feeds[0]?.learningRate;
      return executable.run(variables, rate ? feeds.map((feed) => ({ ...feed, learningRate: rate })) : feeds);
    }),
  },
  {
    name: "averages of Adam corrected as in a call's first step in all of them",
    level: 6,
    create: running((executable) => (variables, feeds) => {
      const { stepSize, rootCorrection } = feeds[0] ?? {};
      const corrected = stepSize && rootCorrection ? { stepSize, rootCorrection } : {};
      return executable.run(
        variables,
        feeds.map((feed) => ({ ...feed, ...corrected })),
      );
    }),
  },
  {
    name: "masks of the first call in all of them",
    level: 6,
    create: running((executable) => {
      let first: TensorMap | undefined;
      return (variables, feeds) => {
        first ??= feeds[0] as TensorMap;
        const masks = Object.entries(first).filter(([name]) => name.endsWith(".mask"));
        return executable.run(
          variables,
          feeds.map((feed) => ({ ...feed, ...Object.fromEntries(masks) })),
        );
      };
    }),
  },
  {
    name: "a program that assigns variables keeps the others of its first run",
    level: 6,
    create: behaving((backend) => ({
      async compile(program) {
        const entries = Object.entries(program.variables);
        const assigned = entries.filter(([name]) => name in program.assignments);
        const others = entries.filter(([name]) => !(name in program.assignments));
        if (assigned.length === 0) return backend.compile(program);
        const inputs = { ...program.inputs, ...Object.fromEntries(others) };
        const executable = await backend.compile({ ...program, inputs, variables: Object.fromEntries(assigned) });
        let first: TensorMap | undefined;
        return {
          ...executable,
          program,
          async run(variables, feeds) {
            first ??= await variables.read(others.map(([name]) => name));
            const kept = first;
            return executable.run(
              variables,
              feeds.map((feed) => ({ ...feed, ...kept })),
            );
          },
        };
      },
    })),
  },
];
