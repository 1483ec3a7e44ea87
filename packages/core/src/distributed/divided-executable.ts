import type { Backend, Executable, Variables } from "../backend/backend.js";
import { type Tensor, type TensorMap, zeros } from "../tensor.js";
import type { Communicator } from "./communicator.js";
import { exchangeValues } from "./exchange.js";
import type { Partition } from "./partition.js";
import { partOf } from "./parts.js";

/** A program that is divided among ranks, made ready on this one's backend. */
export interface DividedExecutable {
  /** Does one run, with all ranks, and gives what this one has of the outputs. */
  run(variables: Variables, feed: TensorMap): Promise<TensorMap>;
  /** Seconds that the last run spent on exchanges, waiting for others among it. */
  exchangeSeconds(): number;
  /** Frees it; idempotent. */
  dispose(): Promise<void>;
}

/** What this rank's variables begin with: its parts of the program's, and room for what stages leave to each other. */
export function ownVariables({ variables, kept, rank, ranks }: Partition, values: TensorMap): TensorMap {
  const own: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(values)) {
    const placeable = variables.get(name);
    own[name] = placeable ? partOf(value, placeable.layout, rank, ranks) : value;
  }
  for (const [name, shape] of kept) own[name] = zeros(shape);
  return own;
}

/** Makes a divided program ready. */
export async function compileDivided(
  backend: Backend,
  { stages, outputs }: Partition,
  communicator: Communicator,
): Promise<DividedExecutable> {
  const executables: Executable[] = [];
  let waited = 0;
  const dispose = async (): Promise<void> => {
    for (const executable of executables) await executable.dispose();
  };
  try {
    // A stage reads what another assigns.
    const hints = { variablesChange: stages.some(({ program }) => Object.keys(program.assignments).length > 0) };
    for (const { program } of stages) executables.push(await backend.compile(program, hints));
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    async run(variables, feed) {
      const values = new Map<string, Tensor>(Object.entries(feed));
      waited = 0;
      for (const [index, { program, exchanges }] of stages.entries()) {
        const fed = Object.fromEntries(Object.keys(program.inputs).map((name) => [name, values.get(name)!]));
        const [given] = await executables[index]!.run(variables, [fed]);
        for (const [name, value] of Object.entries(given!)) values.set(name, value);
        const startedAt = performance.now();
        const results = await exchangeValues(communicator, exchanges, values);
        for (const [name, value] of results) values.set(name, value);
        waited += (performance.now() - startedAt) / 1000;
      }
      return Object.fromEntries([...outputs].map(([name, { value }]) => [name, values.get(value)!]));
    },
    exchangeSeconds: () => waited,
    dispose,
  };
}
