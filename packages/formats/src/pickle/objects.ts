/**
 * What a pickle may call: a class or function that the reader knows. Nothing else is called, whatever a pickle says, and
 * these are functions of this package, which only put data together.
 */
export interface PickleGlobal {
  /** `module.name` as pickles have it. */
  readonly name: string;
  /** What calling it gives; absent for one that is only a value, as `torch.float32` is. */
  readonly call?: (args: readonly unknown[]) => unknown;
}

/** The allow-list: globals by `module.name`. */
export type PickleGlobals = ReadonlyMap<string, PickleGlobal>;

/** An object that takes what a pickle says of its state after it was made (Python's `__setstate__`). */
export abstract class PickledObject {
  abstract setState(state: unknown): void;
}

/** An allow-list of functions by name. */
export function pickleGlobals(calls: Readonly<Record<string, PickleGlobal["call"]>>): PickleGlobals {
  return new Map(
    Object.entries(calls).map(([name, call]) => [name, { name, ...(call !== undefined && { call }) }] as const),
  );
}

/** Whether a value that a pickle holds is this global. */
export function isGlobal(value: unknown, globals: PickleGlobals): value is PickleGlobal {
  return typeof value === "object" && value !== null && "name" in value && globals.get(String(value.name)) === value;
}
