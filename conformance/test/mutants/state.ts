import { Worker } from "node:worker_threads";
import { referenceKernels } from "@alexnet/backend-reference";
import { type Tensor, type TensorMap, zeros } from "@alexnet/core";
import type { Executable, Variables } from "@alexnet/core/backend";
import { behaving, type Mutant, referenceWith, running } from "./mutant.js";

export const stateMutants: readonly Mutant[] = [
  {
    name: "stale variables: what a run assigns is lost",
    level: 1,
    create: behaving((backend) => ({
      compile: (program) => backend.compile({ ...program, assignments: {} }),
    })),
  },
  {
    name: "runs the feeds of a call in reverse",
    level: 1,
    create: running(
      (executable) => async (variables, feeds) => (await executable.run(variables, feeds.toReversed())).toReversed(),
    ),
  },
  {
    name: "excuses any convolution by its amplification",
    level: 1,
    create: behaving(({ info }) => ({ info: { ...info, convolutionAmplification: 1e6 } })),
  },
  {
    name: "trains while it is timed",
    level: 1,
    create: behaving((backend) => ({
      async compile(program) {
        const executable = await backend.compile(program);
        return {
          ...executable,
          async profile(variables, feeds) {
            await executable.run(variables, feeds);
            return executable.profile?.(variables, feeds) ?? [];
          },
        };
      },
    })),
  },
  {
    name: "tells of no operation how long it took",
    level: 1,
    create: behaving((backend) => ({
      compile: async (program) => ({ ...(await backend.compile(program)), profile: async () => [] }),
    })),
  },
  {
    name: "leaks a buffer in every addition",
    level: 1,
    create() {
      let leaked = 0;
      return referenceWith({
        leaks: () => leaked,
        kernels: {
          addBias: (...given) => {
            leaked++;
            return referenceKernels.addBias(...given);
          },
        },
      });
    },
  },
  {
    name: "keeps the caller's array instead of a copy",
    level: 1,
    create: () => referenceWith({ upload: ({ data }) => data as unknown as Float64Array }),
  },
  {
    name: "breaks when it is disposed of twice",
    level: 1,
    create: behaving((backend) => {
      let disposed = false;
      return {
        async dispose() {
          if (disposed) throw new TypeError("The device is gone.");
          disposed = true;
          await backend.dispose();
        },
      };
    }),
  },
  { name: "works on after dispose", level: 1, create: behaving(() => ({ dispose: async () => {} })) },
  {
    name: "leaves out operations it does not have",
    level: 1,
    create: behaving((backend) => ({
      compile: (program) =>
        backend.compile({
          ...program,
          operations: program.operations.filter(({ kind }) => backend.info.operations.includes(kind)),
        }),
    })),
  },
  {
    name: "runs the good feeds before it refuses a bad one",
    level: 1,
    create: running((executable) => async (variables, feeds) => {
      const results: TensorMap[] = [];
      for (const feed of feeds) results.push(...(await executable.run(variables, [feed])));
      return results;
    }),
  },
  {
    name: "leaves a worker thread that keeps the process alive",
    level: 1,
    create() {
      const worker = new Worker("setInterval(() => {}, 1000)", { eval: true });
      // The process of the tests is to end all the same.
      setTimeout(() => void worker.terminate(), 10_000).unref();
      return referenceWith({});
    },
  },
  {
    name: "reads every variable when asked for some",
    level: 1,
    create: behaving((backend) => ({
      async createVariables(values) {
        const variables = await backend.createVariables(values);
        const { read } = variables;
        return Object.assign(variables, { read: () => read() });
      },
    })),
  },
  {
    name: "inference keeps the variables of its first run",
    level: 1,
    create: running((executable, program, backend) => {
      if (Object.keys(program.assignments).length > 0) return executable.run;
      let first: Variables | undefined;
      return async (variables, feeds) => {
        first ??= await backend.createVariables(await variables.read());
        return executable.run(first, feeds);
      };
    }),
  },
  {
    name: "gives the same arrays again in every call",
    level: 1,
    create: running((executable) => {
      const kept: Record<string, Tensor> = {};
      return async (variables, feeds) => {
        const results = await executable.run(variables, feeds);
        for (const [name, tensor] of Object.entries(results.at(-1) ?? {})) {
          kept[name] ??= tensor;
          (kept[name] as Tensor).data.set(tensor.data);
        }
        return [...results.slice(0, -1), ...results.slice(-1).map(() => ({ ...kept }))];
      };
    }),
  },
  {
    name: "reads variables without copying them",
    level: 1,
    create: () => referenceWith({ download: (buffer, shape) => ({ shape, data: buffer }) }),
  },
  {
    name: "takes the whole array of which it was given a part",
    level: 1,
    create: () =>
      referenceWith({
        upload: ({ data }) => {
          const Numbers = data.constructor as Float32ArrayConstructor;
          return Float64Array.from(new Numbers(data.buffer as ArrayBuffer, 0, data.length));
        },
      }),
  },
  {
    name: "runs once when there is nothing to run",
    level: 1,
    create: running((executable, program) => {
      const nothing = Object.fromEntries(Object.entries(program.inputs).map(([name, shape]) => [name, zeros(shape)]));
      return (variables, feeds) => executable.run(variables, feeds.length === 0 ? [nothing] : feeds);
    }),
  },
  {
    name: "takes feeds that the program does not know",
    level: 1,
    create: behaving((backend) => ({
      async compile(program) {
        const executable = await backend.compile(program);
        const known = (feed: TensorMap): TensorMap =>
          Object.fromEntries(Object.entries(feed).filter(([name]) => name in program.inputs));
        return { ...executable, run: (variables, feeds) => executable.run(variables, feeds.map(known)) };
      },
    })),
  },
  {
    name: "takes the variables of another backend",
    level: 1,
    create: running((executable, _, backend) => async (variables, feeds) => {
      try {
        return await executable.run(variables, feeds);
      } catch (error) {
        if (!(error as Error).message.includes("another backend")) throw error;
        return executable.run(await backend.createVariables(await variables.read()), feeds);
      }
    }),
  },
  {
    name: "gives a value under the last of its names only",
    level: 1,
    create: behaving((backend) => ({
      compile(program) {
        const names = new Map(Object.entries(program.outputs).map(([name, value]) => [value, name]));
        const outputs = Object.fromEntries([...names].map(([value, name]) => [name, value]));
        return backend.compile({ ...program, outputs });
      },
    })),
  },
  {
    name: "assigns variables one after the other",
    level: 1,
    create: behaving((backend) => ({
      compile(program) {
        const taken = new Map<string, string>();
        for (const [variable, value] of Object.entries(program.assignments)) {
          taken.set(variable, taken.get(value) ?? value);
        }
        return backend.compile({ ...program, assignments: Object.fromEntries(taken) });
      },
    })),
  },
  {
    name: "writes to what it is fed",
    level: 1,
    create: running((executable) => async (variables, feeds) => {
      const results = await executable.run(variables, feeds);
      for (const { data } of feeds.flatMap((feed) => Object.values(feed))) {
        for (const [index, value] of data.entries()) data[index] = Math.max(0, value);
      }
      return results;
    }),
  },
  {
    name: "loses the feeds after the 64th",
    level: 1,
    create: running(
      (executable) => (variables, feeds) =>
        executable.run(
          variables,
          feeds.map((feed, index) => feeds[Math.min(index, 63)] ?? feed),
        ),
    ),
  },
  {
    name: "a variable disposed of can still be used",
    level: 1,
    create: behaving((backend) => ({
      async createVariables(values) {
        const variables = await backend.createVariables(values);
        return Object.assign(variables, { dispose: async () => {} });
      },
    })),
  },
  {
    name: "two equal programs die together",
    level: 1,
    create: behaving((backend) => {
      const shared = new Map<string, Executable>();
      return {
        async compile(program) {
          const key = JSON.stringify(program);
          const existing = shared.get(key) ?? (await backend.compile(program));
          shared.set(key, existing);
          return existing;
        },
      };
    }),
  },
];
