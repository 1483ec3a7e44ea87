import { type Backend, BackendUnavailableError } from "@alexnet/core";
import { type TfjsEngine, tfjsBackend } from "../src/index.js";

/** An engine under test, and why it cannot run here where it cannot. */
export interface TestedEngine {
  readonly name: string;
  readonly create: (onTensors?: (alive: number) => void) => Promise<Backend>;
  readonly absent: string | undefined;
}

const names: readonly TfjsEngine[] = ["node-gpu", "node", "webgpu", "wasm", "cpu"];

/** Every engine. One that is not on this machine has its tests skipped, with the reason printed. */
export const testedEngines: readonly TestedEngine[] = await Promise.all(
  names.map(async (engine): Promise<TestedEngine> => {
    const create: TestedEngine["create"] = (onTensors) =>
      tfjsBackend({ engine, ...(onTensors ? { onTensors } : undefined) });
    try {
      await (await create()).dispose();
      return { name: `tfjs:${engine}`, create, absent: undefined };
    } catch (error) {
      if (!(error instanceof BackendUnavailableError)) throw error;
      return { name: `tfjs:${engine}`, create, absent: error.message };
    }
  }),
);
