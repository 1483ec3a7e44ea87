import type { Expectation } from "@alexnet/conformance";
import { type Backend, BackendUnavailableError, hasCode, InvalidArgumentError } from "@alexnet/core";
import { codeOf, messageOf } from "@alexnet/core/support";
import { describeError } from "../program/errors.js";
import { unknownName } from "../program/suggest.js";
import type { Terminal } from "../program/terminal.js";
import { loadOnnxRuntime } from "./onnx-runtime.js";

/** What a backend can be told on the command line. */
export interface BackendOptions {
  /** Threads to compute with; what the engine thinks best unless told otherwise. */
  readonly threads?: number;
  /** Tells of something that takes long. Without it nothing does: what is not installed is not fetched. */
  notice?(text: string): void;
}

/** Flags that choose a backend. */
export interface BackendFlags {
  readonly backend?: string;
  readonly threads?: number;
  /** Threads for a backend that can be told so many, where none were asked for. */
  readonly share?: number;
}

/** An engine on a device that can be chosen by name. */
export interface BackendEntry {
  /** `engine:device`, or the engine alone where it has one device only. */
  readonly name: string;
  /** The npm package that holds it; it is loaded when the backend is asked for and not before. */
  readonly package: string;
  /** Whether the number of threads can be chosen. */
  readonly threads: boolean;
  /** What it is known to fail of the conformance suite. */
  knownFailures?(): Promise<readonly Expectation[]>;
  /** Throws `BackendUnavailableError` when the engine or device is not here. */
  create(options: BackendOptions): Promise<Backend>;
}

/** In order of preference: `auto` takes the first that is available, and an engine's name alone the first of its own. */
export const backendEntries: readonly BackendEntry[] = [
  ...(["", "-exact", "-int8"] as const).map(
    (variant): BackendEntry => ({
      name: `onnx:cpu${variant}`,
      package: "@alexnet/backend-onnx",
      threads: true,
      async create({ notice, ...options }) {
        const { onnxBackend } = await import("@alexnet/backend-onnx");
        return onnxBackend({
          device: "cpu",
          exact: variant === "-exact",
          denseWeights: variant === "-int8" ? "int8" : "float32",
          load: () => loadOnnxRuntime(notice),
          ...options,
        });
      },
    }),
  ),
  ...(["node-gpu", "node", "webgpu", "wasm", "cpu"] as const).map(
    (device): BackendEntry => ({
      name: `tfjs:${device}`,
      package: "@alexnet/backend-tfjs",
      threads: device === "wasm" || device === "node",
      async create({ notice: _, ...options }) {
        const { tfjsBackend } = await import("@alexnet/backend-tfjs");
        return tfjsBackend({ device, ...options });
      },
      async knownFailures() {
        const { knownFailures } = await import("@alexnet/backend-tfjs");
        return knownFailures[device] ?? [];
      },
    }),
  ),
  ...(["webgpu", "webasm", "cpu"] as const).map(
    (device): BackendEntry => ({
      name: `gpujs:${device}`,
      package: "@alexnet/backend-gpujs",
      threads: device === "webasm",
      async create({ notice: _, ...options }) {
        const { gpujsBackend } = await import("@alexnet/backend-gpujs");
        return gpujsBackend({ device, ...options });
      },
      async knownFailures() {
        const { knownFailures } = await import("@alexnet/backend-gpujs");
        return knownFailures[device] ?? [];
      },
    }),
  ),
  {
    name: "reference",
    package: "@alexnet/backend-reference",
    threads: false,
    async create() {
      const { referenceBackend } = await import("@alexnet/backend-reference");
      return referenceBackend();
    },
  },
];

/** The backends a name may mean, the preferred one first. Throws `UsageError` for a name that means none. */
export function backendsNamed(name: string): readonly [BackendEntry, ...BackendEntry[]] {
  const [preferred, ...others] = backendEntries;
  if (name === "auto") return [preferred!, ...others];
  const exact = backendEntries.find((entry) => entry.name === name);
  if (exact) return [exact];
  const [first, ...more] = backendEntries.filter((entry) => entry.name.split(":")[0] === name);
  if (first) return [first, ...more];
  const engines = backendEntries.map((entry) => entry.name.split(":")[0]!);
  throw unknownName("backend", name, [...new Set(["auto", ...backendEntries.map((entry) => entry.name), ...engines])]);
}

/** Whether the backend of exactly this name takes a number of threads. */
export function canChooseThreads(name: string): boolean {
  return backendEntries.some((entry) => entry.name === name && entry.threads);
}

/**
 * Makes the backend that flags ask for, `auto` unless they name one. `auto`, or an engine that has several devices, looks
 * further when one is not available, and says so; every other name means exactly what it says and throws
 * `BackendUnavailableError`.
 */
export async function openBackend(flags: BackendFlags, terminal: Terminal): Promise<Backend> {
  const { backend: name = "auto", threads, share } = flags;
  const skipped: string[] = [];
  const candidates = backendsNamed(name);
  const choosing = candidates.length > 1;
  for (const entry of candidates) {
    if (threads !== undefined && !entry.threads) {
      if (choosing) {
        skipped.push(`${entry.name} has no threads to choose.`);
        continue;
      }
      throw new InvalidArgumentError(`The backend ${entry.name} has no threads to choose; leave --threads out.`);
    }
    try {
      const told = threads ?? (entry.threads ? share : undefined);
      const backend = await create(entry, { notice: terminal.note, ...(told !== undefined && { threads: told }) });
      if (skipped.length > 0) terminal.note(`Using the backend ${entry.name}: ${skipped.join(" ")}`);
      return backend;
    } catch (error) {
      if (!choosing || !hasCode(error, "BACKEND_UNAVAILABLE")) throw error;
      skipped.push(`${entry.name} is not available. ${describeError(error)}`);
    }
  }
  throw new BackendUnavailableError(`No backend is available. ${skipped.join(" ")}`);
}

/** `entry.create`, with a package that is not installed told like an engine that is not. */
export async function create(entry: BackendEntry, options: BackendOptions): Promise<Backend> {
  try {
    return await entry.create(options);
  } catch (error) {
    if (codeOf(error) === "ERR_MODULE_NOT_FOUND" && messageOf(error).includes(`'${entry.package}'`)) {
      throw new BackendUnavailableError(
        `The backend ${entry.name} needs the package ${entry.package}: npm install ${entry.package}`,
        { cause: error, packages: [entry.package] },
      );
    }
    throw error;
  }
}
