import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type Kernels, kernelBackend } from "../../src/backend/index.js";
import {
  type Backend,
  DisposedError,
  ProgramError,
  ShapeError,
  tensor,
  UnsupportedOperationError,
} from "../../src/index.js";
import { type Program, type ProgramBuilder, programBuilder } from "../../src/program/index.js";

/** What the toy engine calls a tensor. Reading it after it was freed, or freeing it twice, is an error. */
class ToyBuffer {
  #values: readonly number[] | undefined;

  constructor(values: readonly number[]) {
    this.#values = values;
  }

  get values(): readonly number[] {
    if (!this.#values) throw new Error("read after free");
    return this.#values;
  }

  free(): void {
    if (!this.#values) throw new Error("freed twice");
    this.#values = undefined;
  }
}

interface Toy {
  readonly backend: Backend;
  /** Buffers made and not yet freed. */
  readonly alive: Set<ToyBuffer>;
  /** The most buffers there ever were at once. */
  mostAlive: number;
  engineDisposals: number;
}

/** A backend with the kernels `add`, `relu` (one that can be made to fail), `scale` and an aliasing `reshape`. */
function toyBackend({
  failAt = Number.POSITIVE_INFINITY,
  upload = (values: number[]) => values,
  settle = async () => {},
}: {
  readonly failAt?: number;
  upload?(values: number[]): number[];
  settle?(): Promise<void>;
} = {}): Toy {
  const alive = new Set<ToyBuffer>();
  const make = (values: readonly number[]): ToyBuffer => {
    const buffer = new ToyBuffer(values);
    alive.add(buffer);
    toy.mostAlive = Math.max(toy.mostAlive, alive.size);
    return buffer;
  };
  const kernels: Kernels<ToyBuffer> = {
    add: ([a, b]) => make((a as ToyBuffer).values.map((value, index) => value + ((b as ToyBuffer).values[index] ?? 0))),
    relu: ([input]) => {
      if ((input as ToyBuffer).values.some((value) => value >= failAt)) throw new Error("out of memory");
      return make((input as ToyBuffer).values.map((value) => Math.max(value, 0)));
    },
    reshape: ([input]) => input as ToyBuffer,
    // An engine that answers later.
    scale: async ([input], { attributes }) =>
      make((input as ToyBuffer).values.map((value) => value * attributes.factor)),
  };
  const backend = kernelBackend<ToyBuffer>({
    info: { name: "toy", engine: "toy", version: "1", device: "toy", precision: "float64", details: {} },
    kernels,
    upload: ({ data }) => make(upload([...data])),
    download: async (buffer, shape) => tensor(shape, Float64Array.from(buffer.values)),
    settle,
    free: (buffer) => {
      buffer.free();
      alive.delete(buffer);
    },
    dispose: () => {
      expect(alive.size).toBe(0);
      toy.engineDisposals++;
    },
  });
  const toy: Toy = { backend, alive, mostAlive: 0, engineDisposals: 0 };
  return toy;
}

/** A program on the input `x` and the variables `v` and `w`, all `[2]`. */
function program(write: (builder: ProgramBuilder) => void): Program {
  const builder = programBuilder("toy program");
  builder.input("x", [2]);
  builder.variable("v", [2]);
  builder.variable("w", [2]);
  write(builder);
  return builder.build();
}

/** y = relu(x + v), v ← x + v. */
const accumulate = program(({ apply, output, assign }) => {
  const sum = apply("add", ["x", "v"], {}, "sum");
  output(apply("relu", [sum], {}), "y");
  assign("v", sum);
});

const pair = (a: number, b: number) => tensor([2], Float64Array.of(a, b));
const START = { v: pair(10, 20), w: pair(-1, -2) };
const X = { x: pair(1, 2) };

function numbers(map: Readonly<Record<string, { readonly data: ArrayLike<number> }>> | undefined) {
  return Object.fromEntries(Object.entries(map ?? {}).map(([name, { data }]) => [name, Array.from(data)]));
}

describe("a backend made of kernels", () => {
  it("says which operations it has", () => {
    expect(toyBackend().backend.info).toMatchObject({
      name: "toy",
      operations: ["add", "relu", "reshape", "scale"],
      preferredFeeds: 1,
    });
  });

  it("runs once per feed and carries variables over, from one run and one call to the next", async () => {
    const { backend } = toyBackend();
    const variables = await backend.createVariables(START);
    const executable = await backend.compile(accumulate);
    const results = await executable.run(variables, [X, { x: pair(-100, 0) }]);
    expect(results.map(numbers)).toEqual([{ y: [11, 22] }, { y: [0, 22] }]);
    expect((await executable.run(variables, [X])).map(numbers)).toEqual([{ y: [0, 24] }]);
    expect(numbers(await variables.read())).toEqual({ v: [-88, 24], w: [-1, -2] });
    expect(await executable.run(variables, [])).toEqual([]);
  });

  it("tells how long each operation takes, with the time until the engine is done", async () => {
    const toy = toyBackend({ settle: () => sleep(20) });
    const variables = await toy.backend.createVariables(START);
    const executable = await toy.backend.compile(accumulate);
    const times = (await executable.profile?.(variables, [X, X])) ?? [];
    expect(times.map(({ values }) => values)).toEqual([["sum"], [accumulate.outputs.y]]);
    for (const { seconds } of times) expect(seconds).toBeGreaterThan(0.015);
    expect(await executable.profile?.(variables, [])).toEqual([]);
    expect(numbers(await variables.read())).toEqual({ v: [10, 20], w: [-1, -2] });
    expect(toy.alive.size).toBe(2);
  });

  it("keeps sets of variables apart", async () => {
    const { backend } = toyBackend();
    const [one, two] = [await backend.createVariables(START), await backend.createVariables(START)];
    await (await backend.compile(accumulate)).run(one, [X]);
    expect(numbers(await one.read(["v"]))).toEqual({ v: [11, 22] });
    expect(numbers(await two.read(["v"]))).toEqual({ v: [10, 20] });
  });

  it("leaks nothing over 50 runs, and frees each value after its last use", async () => {
    const toy = toyBackend();
    const variables = await toy.backend.createVariables(START);
    const chain = program(({ apply, output, assign }) => {
      let value = apply("add", ["x", "v"], {});
      for (let i = 0; i < 20; i++) value = apply("relu", [value], {});
      apply("scale", [value], { factor: 2 }, "unused");
      output(value, "y");
      assign("w", value);
    });
    const executable = await toy.backend.compile(chain);
    for (let i = 0; i < 50; i++) {
      await executable.run(variables, [X]);
      expect(toy.alive.size).toBe(2);
    }
    // The variables, the value an operation reads and the one it makes, and the old value of w.
    expect(toy.mostAlive).toBeLessThanOrEqual(5);
  });
});

describe("buffers under several names", () => {
  it("a kernel may return its input", async () => {
    const toy = toyBackend();
    const variables = await toy.backend.createVariables(START);
    const aliases = program(({ apply, output, assign }) => {
      const first = apply("reshape", ["x"], { shape: [2, 1] });
      const second = apply("reshape", [first], { shape: [1, 2] });
      output(first, "first");
      output(second, "second");
      output(apply("reshape", ["v"], { shape: [1, 2] }), "v");
      assign("w", apply("reshape", [second], { shape: [2] }));
    });
    const executable = await toy.backend.compile(aliases);
    for (let i = 0; i < 3; i++) {
      const [outputs] = await executable.run(variables, [X]);
      expect(numbers(outputs)).toEqual({ first: [1, 2], second: [1, 2], v: [10, 20] });
      expect(outputs?.first?.shape).toEqual([2, 1]);
      expect(toy.alive.size).toBe(2);
    }
    expect(numbers(await variables.read())).toEqual({ v: [10, 20], w: [1, 2] });
  });

  it("variables may swap", async () => {
    const toy = toyBackend();
    const variables = await toy.backend.createVariables(START);
    const swap = program(({ assign }) => {
      assign("v", "w");
      assign("w", "v");
    });
    const executable = await toy.backend.compile(swap);
    await executable.run(variables, [X]);
    expect(numbers(await variables.read())).toEqual({ v: [-1, -2], w: [10, 20] });
    await executable.run(variables, [X, X]);
    expect(numbers(await variables.read())).toEqual({ v: [-1, -2], w: [10, 20] });
    expect(toy.alive.size).toBe(2);
  });

  it("variables may become one value, the fed input too, and part again", async () => {
    const toy = toyBackend();
    const variables = await toy.backend.createVariables(START);
    const join = await toy.backend.compile(
      program(({ assign }) => {
        assign("v", "x");
        assign("w", "x");
      }),
    );
    await join.run(variables, [X]);
    expect(numbers(await variables.read())).toEqual({ v: [1, 2], w: [1, 2] });
    await (await toy.backend.compile(accumulate)).run(variables, [X]);
    expect(numbers(await variables.read())).toEqual({ v: [2, 4], w: [1, 2] });
    await variables.dispose();
    expect(toy.alive.size).toBe(0);
  });

  it("a variable may be assigned itself", async () => {
    const toy = toyBackend();
    const variables = await toy.backend.createVariables(START);
    const keep = await toy.backend.compile(program(({ assign }) => assign("v", "v")));
    await keep.run(variables, [X, X]);
    expect(numbers(await variables.read(["v"]))).toEqual({ v: [10, 20] });
    expect(toy.alive.size).toBe(2);
  });

  it("all operations see the variables from before the run", async () => {
    const { backend } = toyBackend();
    const variables = await backend.createVariables(START);
    const later = program(({ apply, output, assign }) => {
      assign("v", apply("add", ["v", "x"], {}));
      output(apply("scale", ["v"], { factor: 1 }), "v");
    });
    const [outputs] = await (await backend.compile(later)).run(variables, [X]);
    expect(numbers(outputs)).toEqual({ v: [10, 20] });
    expect(numbers(await variables.read(["v"]))).toEqual({ v: [11, 22] });
  });
});

describe("what does not fit is refused before any work", () => {
  it.each([
    ["a missing input", {}, ProgramError, 'The input "x" of the program "toy program" is missing.'],
    ["an input too many", { ...X, y: pair(0, 0) }, ProgramError, 'has no input "y"; it takes x.'],
    [
      "an input of another shape",
      { x: tensor([1, 2], [1, 2]) },
      ShapeError,
      '"x" of the program "toy program" has shape [2], but was given [1, 2].',
    ],
  ])("%s, in any of the feeds", async (_, feed, type, message) => {
    const toy = toyBackend();
    const variables = await toy.backend.createVariables(START);
    const executable = await toy.backend.compile(accumulate);
    const run = async () => executable.run(variables, [X, feed]);
    await expect(run()).rejects.toThrow(type);
    await expect(run()).rejects.toThrow(message);
    expect(numbers(await variables.read(["v"]))).toEqual({ v: [10, 20] });
    expect(toy.alive.size).toBe(2);
  });

  it.each([
    [
      "a missing variable",
      { v: pair(1, 2) },
      ProgramError,
      'The variable "w" of the program "toy program" is missing.',
    ],
    [
      "a variable of another shape",
      { ...START, w: tensor([], [1]) },
      ShapeError,
      'The variable "w" of the program "toy program" has shape [2], but was given [].',
    ],
  ])("%s", async (_, values, type, message) => {
    const { backend } = toyBackend();
    const variables = await backend.createVariables(values);
    const executable = await backend.compile(accumulate);
    await expect(executable.run(variables, [X])).rejects.toThrow(type);
    await expect(executable.run(variables, [X])).rejects.toThrow(message);
  });

  it("a program with an operation the backend lacks, in compile", async () => {
    const { backend } = toyBackend();
    const unsupported = program(({ apply, output }) => output(apply("tanh", [apply("sigmoid", ["x"], {})], {})));
    await expect(backend.compile(unsupported)).rejects.toThrow(UnsupportedOperationError);
    await expect(backend.compile(unsupported)).rejects.toThrow('toy cannot run "toy program": it lacks sigmoid, tanh.');
  });

  it("reading a variable that is not there", async () => {
    const { backend } = toyBackend();
    const variables = await backend.createVariables(START);
    await expect(variables.read(["u"])).rejects.toThrow('There is no variable "u"; there are v, w.');
  });
});

describe("after a failure", () => {
  it("of a kernel, everything the run made is free and the variables are as before", async () => {
    const toy = toyBackend({ failAt: 1000 });
    const variables = await toy.backend.createVariables(START);
    const executable = await toy.backend.compile(accumulate);
    await expect(executable.run(variables, [{ x: pair(0, 1000) }])).rejects.toThrow("out of memory");
    expect(toy.alive.size).toBe(2);
    expect(numbers(await variables.read(["v"]))).toEqual({ v: [10, 20] });
    expect((await executable.run(variables, [X])).map(numbers)).toEqual([{ y: [11, 22] }]);
  });

  it("of an upload, no variable stays behind", async () => {
    const toy = toyBackend({
      upload: (values) => {
        if (values.includes(666)) throw new Error("out of memory");
        return values;
      },
    });
    await expect(toy.backend.createVariables({ ...START, u: pair(666, 0) })).rejects.toThrow("out of memory");
    expect(toy.alive.size).toBe(0);
  });
});

describe("dispose", () => {
  it("frees variables, and can be called again", async () => {
    const toy = toyBackend();
    const [one, two] = [await toy.backend.createVariables(START), await toy.backend.createVariables(START)];
    await one.dispose();
    await one.dispose();
    expect(toy.alive.size).toBe(2);
    expect(numbers(await two.read(["v"]))).toEqual({ v: [10, 20] });
  });

  it("of the backend frees everything, then the engine, once", async () => {
    const toy = toyBackend();
    const variables = await toy.backend.createVariables(START);
    await toy.backend.createVariables(START);
    await (await toy.backend.compile(accumulate)).run(variables, [X]);
    await toy.backend.dispose();
    await toy.backend.dispose();
    await variables.dispose();
    expect(toy.alive.size).toBe(0);
    expect(toy.engineDisposals).toBe(1);
  });

  it("makes later use an error", async () => {
    const { backend } = toyBackend();
    const [variables, others] = [await backend.createVariables(START), await backend.createVariables(START)];
    const [executable, finished] = [await backend.compile(accumulate), await backend.compile(accumulate)];
    await variables.dispose();
    await finished.dispose();
    await finished.dispose();
    await expect(variables.read()).rejects.toThrow(DisposedError);
    await expect(executable.run(variables, [X])).rejects.toThrow(DisposedError);
    await expect(finished.run(others, [X])).rejects.toThrow(DisposedError);
    await expect(finished.run(others, [X])).rejects.toThrow('The program "toy program" was disposed');
    await backend.dispose();
    await expect(backend.createVariables(START)).rejects.toThrow(DisposedError);
    await expect(backend.compile(accumulate)).rejects.toThrow(DisposedError);
    await expect(executable.run(others, [X])).rejects.toThrow(DisposedError);
    await expect(others.read()).rejects.toThrow(DisposedError);
  });
});
