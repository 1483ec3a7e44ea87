import { fileURLToPath } from "node:url";
import type { Contender } from "../contender.js";
import { processContender } from "./process.js";

/** A backend that another process can make: a module's URL, the name of a function it exports, and its arguments as JSON. */
export interface BackendFactory {
  readonly module: string;
  readonly function: string;
  readonly args: readonly unknown[];
}

/** A backend in a process of its own, used as anybody uses it: `fit` trains, an `evaluator` answers. */
export function backendContender(name: string, factory: BackendFactory): Contender {
  return processContender({
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL("./backend-process.js", import.meta.url)), JSON.stringify(factory)],
  });
}
