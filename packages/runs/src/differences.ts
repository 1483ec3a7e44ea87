import type { BackendInfo } from "@alexnet/core";
import { lastBackend, type RunConfig } from "./config.js";

/** Something that makes a backend round differently. */
export interface BackendDifference {
  /** `"backend"`, `"engine"`, `"device"`, `"precision"`, or one of the backend's details, such as `"threads"`. */
  readonly fact: string;
  /** What it was in the run; `undefined` where there was none. */
  readonly was: string | undefined;
  readonly is: string | undefined;
}

/**
 * In what a backend differs from the one that a run was computed with last. Where that is nothing, a resumed training goes
 * on bit for bit; else the last digits of its numbers may be others.
 */
export function backendDifferences(config: RunConfig, info: BackendInfo): readonly BackendDifference[] {
  const [before, now] = [factsOf(lastBackend(config).info), factsOf(info)];
  return Object.keys({ ...before, ...now })
    .filter((fact) => before[fact] !== now[fact])
    .map((fact) => ({ fact, was: before[fact], is: now[fact] }));
}

function factsOf(info: Omit<BackendInfo, "operations">): Readonly<Record<string, string>> {
  const { name, engine, version, device, precision, details } = info;
  const facts = { backend: name, engine: `${engine} ${version}`, device, precision, ...details };
  return Object.fromEntries(Object.entries(facts).map(([fact, value]) => [fact, String(value)]));
}
