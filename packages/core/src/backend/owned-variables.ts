import { ProgramError } from "../errors.js";
import type { Variables } from "./backend.js";
import { checkAlive } from "./check.js";

/** The sets of variables that a backend has made, each with what the backend knows of it. */
export interface OwnedVariables<Store> {
  /** Takes a new set, and what the backend keeps for it. */
  add(variables: Variables, store: Store): void;
  /** They are disposed of. */
  end(variables: Variables): void;
  /** Throws `DisposedError` for a set that is disposed of, and `ProgramError` for one that another backend made. */
  find(variables: Variables): Store;
  /** Disposes of all that are left. */
  dispose(): Promise<void>;
}

/** Keeps account of variables for the backend of this name. */
export function ownedVariables<Store>(backend: string): OwnedVariables<Store> {
  const stores = new Map<Variables, Store>();
  const ended = new WeakSet<Variables>();
  return {
    add: (variables, store) => void stores.set(variables, store),
    end(variables) {
      stores.delete(variables);
      ended.add(variables);
    },
    find(variables) {
      checkAlive(ended.has(variables), "The set of variables");
      const store = stores.get(variables);
      if (!store) throw new ProgramError(`The variables were made by another backend than this ${backend}.`);
      return store;
    },
    async dispose() {
      for (const variables of [...stores.keys()]) await variables.dispose();
    },
  };
}
