import { conformance } from "@alexnet/conformance/vitest";
import { knownFailures, type TfjsDevice } from "../src/index.js";
import { describeEngine } from "./engines.js";

/**
 * The most multiply-adds a check may take on engines for which a large model is minutes: plain JavaScript, and WebGPU on the
 * software adapter that tests can count on. What is skipped for it is skipped with that reason.
 */
const mostWork: Readonly<Partial<Record<TfjsDevice, number>>> = { cpu: 5.75e9, webgpu: 5e8 };

/** Holds an engine to the suite. Each has a file of its own, and so a process: engines do not share one well. */
export async function holdToTheSuite(engine: TfjsDevice): Promise<void> {
  await describeEngine(engine, "is held to the suite", (create, name) => {
    const limit = mostWork[engine];
    conformance({
      name,
      create,
      expectations: knownFailures[engine] ?? [],
      ...(limit !== undefined && { mostWork: limit }),
    });
  });
}
