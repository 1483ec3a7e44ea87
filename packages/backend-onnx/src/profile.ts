import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OperationTime } from "@alexnet/core/backend";
import type { Program } from "@alexnet/core/program";
import type { InferenceSession, OnnxValue } from "onnxruntime-node";
import { graphName } from "./lowering/names.js";
import { valueOfNode } from "./onnx/encode.js";

/** An event of ONNX Runtime's profile (onnxruntime.ai/docs/performance/tune-performance/profiling-tools.html). */
interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  /** When it began, microseconds. */
  readonly ts: number;
  /** How long it took, microseconds. */
  readonly dur: number;
}

/** How the engine calls the work of a node. */
const KERNEL = "_kernel_time";

export type Fed = Readonly<Record<string, OnnxValue>>;

/**
 * Times the operations of a program in a session of its own: for all that is fed, after a run that nobody times, in which
 * the engine takes its memory.
 */
export async function profileSession(
  program: Program,
  createSession: (settings: InferenceSession.SessionOptions) => Promise<InferenceSession>,
  { fed, runsEach }: { readonly fed: readonly Fed[]; readonly runsEach: number },
): Promise<readonly OperationTime[]> {
  const [first] = fed;
  if (!first) return [];
  const folder = await mkdtemp(join(tmpdir(), "alexnet-profile-"));
  try {
    const session = await createSession({ enableProfiling: true, profileFilePrefix: join(folder, "profile") });
    try {
      for (const values of [first, ...fed]) await session.run(values);
    } finally {
      session.endProfiling();
      await session.release();
    }
    const [file = ""] = await readdir(folder);
    // The engine wrote it.
    const events = JSON.parse(await readFile(join(folder, file), "utf8")) as readonly ProfileEvent[];
    return operationTimes(program, events, runsEach);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function operationTimes(program: Program, events: readonly ProfileEvent[], runsEach: number): readonly OperationTime[] {
  const [warmUp, ...timed] = events.filter(({ name }) => name === "model_run").sort((a, b) => a.ts - b.ts);
  const begin = warmUp ? warmUp.ts + warmUp.dur : 0;
  const microseconds = new Map<string, number>();
  const known = new Map(program.operations.map(({ output }) => [graphName(output), output]));
  for (const { cat, name, ts, dur } of events) {
    if (cat !== "Node" || !name.endsWith(KERNEL) || ts < begin) continue;
    const value = known.get(valueOfNode(name.slice(0, -KERNEL.length), known) ?? "");
    if (value !== undefined) microseconds.set(value, (microseconds.get(value) ?? 0) + dur);
  }
  const runs = timed.length * runsEach;
  const times = [...computedTogether(program, microseconds)].map(([value, values]) => ({
    values,
    seconds: (microseconds.get(value) ?? 0) / runs / 1e6,
  }));
  const told = times.reduce((sum, { seconds }) => sum + seconds, 0);
  const all = timed.reduce((sum, { dur }) => sum + dur, 0) / runs / 1e6;
  return [...times, { values: [], seconds: Math.max(all - told, 0) }];
}

/**
 * The values that come with each that shows in the profile. One that does not was computed on the way to the next that reads
 * it and shows; or else, as an activation is, with what it reads.
 */
function computedTogether(
  { operations }: Program,
  shown: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, readonly string[]> {
  const inputOf = new Map(operations.map(({ inputs, output }) => [output, inputs[0]]));
  const readerOf = new Map(
    operations.toReversed().flatMap(({ inputs, output }) => inputs.map((input) => [input, output])),
  );
  const nearest = (value: string, next: ReadonlyMap<string, string | undefined>): string | undefined => {
    let at: string | undefined = value;
    while (at !== undefined && !shown.has(at)) at = next.get(at);
    return at;
  };
  const together = new Map<string, string[]>();
  for (const { output } of operations) {
    const place = nearest(output, readerOf) ?? nearest(output, inputOf) ?? output;
    together.set(place, [...(together.get(place) ?? []), output]);
  }
  return together;
}
