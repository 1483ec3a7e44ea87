import { ProgramError } from "../errors.js";
import type { InputsOf, OperationInputs, OperationKind, OperationOf } from "../program/operation.js";
import { inputShapesOf, mapInputs, type Program, valueShapes } from "../program/program.js";
import { keysOf } from "../support/options.js";
import type { Shape, Tensor, TensorMap } from "../tensor.js";
import type { Backend, BackendInfo, Executable, OperationTime, Variables } from "./backend.js";
import { checkAlive, checkFeeds, checkSupported, checkTensors, checkVariables } from "./check.js";
import { ownedVariables } from "./owned-variables.js";

/**
 * Computes one operation: from the buffers of its inputs, in order, to a buffer of its output. It may return one of its
 * inputs (a reshape does); it must not change any of them.
 */
export type Kernel<Buffer, Kind extends OperationKind, Result = Buffer> = (
  inputs: InputsOf<Kind, Buffer>,
  operation: OperationOf<Kind>,
  inputShapes: OperationInputs[Kind],
) => Result;

/**
 * One function per operation; those left out are the operations the backend lacks. An engine that computes in its own
 * time returns promises; the next operation waits for each.
 */
export type Kernels<Buffer> = { readonly [Kind in OperationKind]?: Kernel<Buffer, Kind, Buffer | Promise<Buffer>> };

/** What `kernelBackend` needs to know about an engine. `Buffer` is whatever the engine calls a tensor. */
export interface KernelBackendOptions<Buffer extends object> {
  readonly info: Omit<BackendInfo, "operations" | "preferredFeeds">;
  readonly kernels: Kernels<Buffer>;
  /** Copies a tensor to the device. */
  upload(tensor: Tensor): Buffer;
  /** Copies a buffer back to the host. */
  download(buffer: Buffer, shape: Shape): Promise<Tensor>;
  /** Waits until a buffer is computed; left out by engines whose kernels return when they are done. */
  settle?(buffer: Buffer): Promise<void>;
  /** Frees a buffer. Called once for every buffer made by `upload` or a kernel. */
  free(buffer: Buffer): void;
  /**
   * Buffers alive on the device, where the engine counts them: those that kernels forgot are then among them. Else those that
   * are held here are counted.
   */
  allocations?(): number;
  /** Throws, before any work, what is wrong with a program for this engine, beyond operations it lacks. */
  admit?(program: Program): void;
  /** Frees what kernels keep for the operations of a program, whose executable is disposed of. */
  forget?(program: Program): void;
  /** Frees the engine itself, after everything else is free. */
  dispose?(): void | Promise<void>;
}

/** Turns one function per operation into a backend: walks the program and frees each value after its last use. */
export function kernelBackend<Buffer extends object>(options: KernelBackendOptions<Buffer>): Backend {
  const { kernels, upload, download } = options;
  const info: BackendInfo = { ...options.info, operations: keysOf<OperationKind>(kernels), preferredFeeds: 1 };
  const counted = referenceCounts(options.free);
  const owned = ownedVariables<Map<string, Held<Buffer>>>(info.name);
  let disposed = false;

  function createVariables(values: TensorMap): Variables {
    const store = new Map<string, Held<Buffer>>();
    try {
      for (const [name, value] of Object.entries(values)) {
        store.set(name, { buffer: counted.hold(upload(value)), shape: value.shape });
      }
    } catch (error) {
      for (const { buffer } of store.values()) counted.release(buffer);
      throw error;
    }
    const variables: Variables = {
      async read(names = [...store.keys()]) {
        owned.find(variables);
        const read: [string, Tensor][] = [];
        for (const name of names) {
          const held = store.get(name);
          if (!held)
            throw new ProgramError(`There is no variable "${name}"; there are ${[...store.keys()].join(", ")}.`);
          read.push([name, await download(held.buffer, held.shape)]);
        }
        // Not by assignment: a name may be `__proto__`.
        return Object.fromEntries(read);
      },
      async dispose() {
        owned.end(variables);
        for (const { buffer } of store.values()) counted.release(buffer);
        store.clear();
      },
    };
    owned.add(variables, store);
    return variables;
  }

  async function execute<Kind extends OperationKind>(
    operation: OperationOf<Kind>,
    values: ReadonlyMap<string, Held<Buffer>>,
    shapes: ReadonlyMap<string, Shape>,
  ): Promise<Buffer> {
    const kernel: Kernel<Buffer, Kind, Buffer | Promise<Buffer>> = kernels[operation.kind]!; // `compile` has looked.
    const inputs = mapInputs<Kind, string, Buffer>(operation.inputs, (name) => values.get(name)!.buffer);
    return kernel(inputs, operation, inputShapesOf(operation, shapes));
  }

  /** Computes everything and gives it to `use`, before it is freed. */
  async function compute<Result>(
    { program, lastUses, shapes }: Ready,
    { store, feed }: { readonly store: ReadonlyMap<string, Held<Buffer>>; readonly feed: TensorMap },
    perform: typeof execute,
    use: (values: ReadonlyMap<string, Held<Buffer>>) => Promise<Result>,
  ): Promise<Result> {
    const values = new Map<string, Held<Buffer>>();
    const bind = (name: string, buffer: Buffer, shape: Shape): void => {
      values.set(name, { buffer: counted.hold(buffer), shape });
    };
    const drop = (name: string): void => {
      const held = values.get(name);
      if (held) counted.release(held.buffer);
      values.delete(name);
    };
    try {
      for (const [name, tensor] of Object.entries(feed)) bind(name, upload(tensor), tensor.shape);
      for (const name of Object.keys(program.variables)) {
        const { buffer, shape } = store.get(name)!;
        bind(name, buffer, shape);
      }
      for (const operation of program.operations) {
        const result = await perform(operation, values, shapes);
        bind(operation.output, result, operation.shape);
        for (const name of lastUses.get(operation.output) ?? []) drop(name);
      }
      return await use(values);
    } finally {
      for (const name of [...values.keys()]) drop(name);
    }
  }

  function runOnce(ready: Ready, store: Map<string, Held<Buffer>>, feed: TensorMap): Promise<TensorMap> {
    const { program } = ready;
    return compute(ready, { store, feed }, execute, async (values) => {
      const outputs: [string, Tensor][] = [];
      for (const [name, value] of Object.entries(program.outputs)) {
        const { buffer, shape } = values.get(value)!;
        outputs.push([name, await download(buffer, shape)]);
      }
      // Held before released: an assignment may put one variable's buffer under another's name.
      const assigned = Object.entries(program.assignments).map(([variable, value]) => {
        const held = values.get(value)!;
        counted.hold(held.buffer);
        return [variable, held] as const;
      });
      for (const [variable, held] of assigned) {
        counted.release(store.get(variable)!.buffer);
        store.set(variable, held);
      }
      return Object.fromEntries(outputs);
    });
  }

  /** Adds the seconds of each operation of one run. */
  async function timeOnce(
    ready: Ready,
    store: ReadonlyMap<string, Held<Buffer>>,
    feed: TensorMap,
    seconds: Map<string, number>,
  ): Promise<void> {
    const timed: typeof execute = async (operation, values, shapes) => {
      const started = performance.now();
      const result = await execute(operation, values, shapes);
      await options.settle?.(result);
      const before = seconds.get(operation.output) ?? 0;
      seconds.set(operation.output, before + (performance.now() - started) / 1000);
      return result;
    };
    await compute(ready, { store, feed }, timed, async () => {});
  }

  return {
    info,
    allocations: options.allocations ?? counted.alive,
    async createVariables(values) {
      checkAlive(disposed, info.name);
      checkTensors("variable", values);
      return createVariables(values);
    },
    async compile(program): Promise<Executable> {
      checkAlive(disposed, info.name);
      checkSupported(info, program);
      options.admit?.(program);
      const ready = { program, lastUses: findLastUses(program), shapes: valueShapes(program) };
      let executableDisposed = false;
      const checked = (variables: Variables, feeds: readonly TensorMap[]): Map<string, Held<Buffer>> => {
        checkAlive(disposed || executableDisposed, `The program "${program.name}"`);
        const store = owned.find(variables);
        checkVariables(program, (name) => store.get(name)?.shape);
        checkFeeds(program, feeds);
        return store;
      };
      return {
        program,
        async run(variables, feeds) {
          const store = checked(variables, feeds);
          const results: TensorMap[] = [];
          for (const feed of feeds) results.push(await runOnce(ready, store, feed));
          return results;
        },
        async profile(variables, feeds) {
          const store = checked(variables, feeds);
          const seconds = new Map<string, number>();
          // Kernels are compiled and layouts made in a first run, of which nobody wants to know.
          for (const feed of feeds.slice(0, 1)) await timeOnce(ready, store, feed, new Map());
          for (const feed of feeds) await timeOnce(ready, store, feed, seconds);
          return [...seconds].map(
            ([value, total]): OperationTime => ({ values: [value], seconds: total / feeds.length }),
          );
        },
        async dispose() {
          if (executableDisposed) return;
          executableDisposed = true;
          options.forget?.(program);
        },
      };
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      await owned.dispose();
      await options.dispose?.();
    },
  };
}

interface Held<Buffer> {
  readonly buffer: Buffer;
  readonly shape: Shape;
}

interface Ready {
  readonly program: Program;
  readonly lastUses: LastUses;
  readonly shapes: ReadonlyMap<string, Shape>;
}

/** The values to free after the operation that defines the value in the key. */
type LastUses = ReadonlyMap<string, readonly string[]>;

function findLastUses(program: Program): LastUses {
  const kept = new Set([...Object.values(program.outputs), ...Object.values(program.assignments)]);
  const lastUse = new Map<string, string>();
  for (const { inputs, output } of program.operations) {
    for (const value of [...inputs, output]) lastUse.set(value, output);
  }
  const lastUses = new Map<string, string[]>();
  for (const [value, user] of lastUse) {
    if (kept.has(value)) continue;
    const values = lastUses.get(user);
    if (values) values.push(value);
    else lastUses.set(user, [value]);
  }
  return lastUses;
}

/** Frees a buffer when the last name for it goes: a kernel may return its input, an assignment may share a buffer. */
function referenceCounts<Buffer extends object>(free: (buffer: Buffer) => void) {
  const counts = new Map<Buffer, number>();
  return {
    alive: (): number => counts.size,
    hold(buffer: Buffer): Buffer {
      counts.set(buffer, (counts.get(buffer) ?? 0) + 1);
      return buffer;
    },
    release(buffer: Buffer): void {
      const count = (counts.get(buffer) ?? 0) - 1;
      if (count > 0) {
        counts.set(buffer, count);
      } else {
        counts.delete(buffer);
        free(buffer);
      }
    },
  };
}
