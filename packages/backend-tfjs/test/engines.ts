import { type Backend, hasCode } from "@alexnet/core";
import { describe, it } from "vitest";
import { type TfjsDevice, tfjsBackend } from "../src/index.js";

/** Makes the backend under test. */
export type Create = () => Promise<Backend>;

const names: readonly TfjsDevice[] = ["node-gpu", "node", "webgpu", "wasm", "cpu"];

async function whyAbsent(create: Create): Promise<string | undefined> {
  try {
    await (await create()).dispose();
    return undefined;
  } catch (error) {
    if (hasCode(error, "BACKEND_UNAVAILABLE")) return error.message;
    throw error;
  }
}

/** Defines tests for an engine; where it is not on this machine, one skipped test with the reason. */
export async function describeEngine(
  engine: TfjsDevice,
  title: string,
  define: (create: Create, name: string) => void,
): Promise<void> {
  const name = `tfjs:${engine}`;
  const create: Create = () => tfjsBackend({ device: engine });
  const absent = await whyAbsent(create);
  if (absent === undefined) describe(`${name} ${title}`, () => define(create, name));
  else it(`${name} ${title}`, (context) => context.skip(absent));
}

/** The same for every engine there is. */
export async function describeEngines(title: string, define: (create: Create, name: string) => void): Promise<void> {
  for (const engine of names) await describeEngine(engine, title, define);
}
