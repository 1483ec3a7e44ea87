import { type Backend, BackendUnavailableError } from "@alexnet/core";
import { describe, it } from "vitest";
import { type TfjsEngine, tfjsBackend } from "../src/index.js";

/** Makes the backend under test. */
export type Create = () => Promise<Backend>;

const names: readonly TfjsEngine[] = ["node-gpu", "node", "webgpu", "wasm", "cpu"];

async function whyAbsent(create: Create): Promise<string | undefined> {
  try {
    await (await create()).dispose();
    return undefined;
  } catch (error) {
    if (error instanceof BackendUnavailableError) return error.message;
    throw error;
  }
}

const engines = await Promise.all(
  names.map(async (engine) => {
    const create: Create = () => tfjsBackend({ engine });
    return { name: `tfjs:${engine}`, create, absent: await whyAbsent(create) };
  }),
);

/** Defines tests for every engine that is on this machine. For each other one stands one skipped test with the reason. */
export function describeEngines(title: string, define: (create: Create, name: string) => void): void {
  for (const { name, create, absent } of engines) {
    if (absent === undefined) describe(`${name} ${title}`, () => define(create, name));
    else it(`${name} ${title}`, (context) => context.skip(absent));
  }
}
