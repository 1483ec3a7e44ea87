import { WeightsError } from "@alexnet/core";
import { type ByteReader, byteReader } from "../binary/byte-reader.js";
import { isGlobal, PickledObject, type PickleGlobal, type PickleGlobals } from "./objects.js";

/** More than any file of weights has, by far: a pickle of as many steps and objects is there to exhaust something. */
const MOST_STEPS = 2_000_000;
const MOST_CONTAINERS = 100_000;

/** The opcode that ends a pickle, with its value topmost. */
const STOP = ".".charCodeAt(0);

/** Marks where on the stack a list of arguments starts. */
const MARK = Symbol("mark");

/** How a pickle is read. */
export interface UnpickleOptions {
  readonly globals: PickleGlobals;
  /** What a persistent id stands for (Python's `persistent_load`). A pickle that has one is refused without it. */
  readonly persistent?: (id: unknown) => unknown;
}

/** The state of a pickle that is being read: a machine with a stack, as Python's pickletools describes it. */
export interface Machine {
  readonly reader: ByteReader;
  push(value: unknown): void;
  pop(): unknown;
  /** The topmost value, which stays. */
  top(): unknown;
  /** Everything above the topmost mark, which goes with it. */
  popToMark(): unknown[];
  pushMark(): void;
  memoize(index: number, value: unknown): void;
  recall(index: number): unknown;
  /** How many values were memoized. */
  readonly memoized: number;
  /** Counts a container that is about to be made. */
  contain<Container>(container: Container): Container;
  global(module: string, name: string): PickleGlobal;
  call(callee: unknown, args: unknown): unknown;
  setState(object: unknown, state: unknown): void;
  persistent(id: unknown): unknown;
  /** An error that names the byte it is at. */
  fault(message: string): WeightsError;
}

/** What one opcode does. */
export type Step = (machine: Machine) => void;

/** Runs a pickle from `start` on. */
export function runPickle(
  bytes: Uint8Array,
  start: number,
  steps: ReadonlyMap<number, Step>,
  options: UnpickleOptions,
): { readonly value: unknown; readonly end: number } {
  const machine = machineOf(byteReader(bytes, "The pickle", start), options);
  for (let count = 0; count < MOST_STEPS; count++) {
    const code = machine.reader.u8();
    if (code === STOP) return { value: machine.pop(), end: machine.reader.position };
    const step = steps.get(code);
    if (!step) throw machine.fault(`0x${code.toString(16).padStart(2, "0")} is no step of a pickle`);
    step(machine);
  }
  throw machine.fault(`it takes more than ${MOST_STEPS} steps`);
}

function machineOf(reader: ByteReader, { globals, persistent }: UnpickleOptions): Machine {
  const stack: unknown[] = [];
  const memo = new Map<number, unknown>();
  let containers = 0;
  const fault = (message: string): WeightsError =>
    new WeightsError(`The pickle cannot be read at byte ${reader.position}: ${message}.`);
  const value = (found: unknown): unknown => {
    if (stack.length === 0 || found === MARK) throw fault("a value is missing on its stack");
    return found;
  };
  const count = <Container>(container: Container): Container => {
    containers++;
    if (containers > MOST_CONTAINERS) throw fault(`it holds more than ${MOST_CONTAINERS} lists, dicts and objects`);
    return container;
  };
  return {
    reader,
    fault,
    push: (pushed) => void stack.push(pushed),
    pop() {
      const found = value(stack.at(-1));
      stack.pop();
      return found;
    },
    top: () => value(stack.at(-1)),
    pushMark: () => void stack.push(MARK),
    popToMark() {
      const at = stack.lastIndexOf(MARK);
      if (at < 0) throw fault("a mark is missing on its stack");
      const values = stack.splice(at);
      return values.slice(1);
    },
    memoize: (index, memoized) => void memo.set(index, memoized),
    recall(index) {
      if (!memo.has(index)) throw fault(`value ${index} was never memoized`);
      return memo.get(index);
    },
    get memoized() {
      return memo.size;
    },
    contain: count,
    global(module, name) {
      const found = globals.get(`${module}.${name}`);
      if (!found) {
        throw new WeightsError(
          `The pickle wants ${JSON.stringify(`${module}.${name}`)}, which is none of what weights are made of ` +
            "(tensors, lists and dicts). Nothing in it was run. Save the state_dict of the model, and not the model itself.",
        );
      }
      return found;
    },
    call(callee, args) {
      if (!isGlobal(callee, globals) || !callee.call) throw fault("it calls what is no function");
      if (!Array.isArray(args)) throw fault(`it calls ${callee.name} without a tuple of arguments`);
      return count(callee.call(args));
    },
    setState(object, state) {
      // What a dict has beside its entries, as PyTorch's state_dict has versions of modules.
      if (object instanceof Map) return;
      if (!(object instanceof PickledObject)) throw fault("it sets the state of what has none");
      object.setState(state);
    },
    persistent(id) {
      if (!persistent) throw fault("it refers to what is outside of it");
      return persistent(id);
    },
  };
}
