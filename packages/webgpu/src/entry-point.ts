import { engineUnavailable } from "@alexnet/core/backend";

/** An entry point to WebGPU that is in use. */
export interface WebGpu {
  readonly gpu: GPU;
  /** Says that it is no longer needed. What is given is held as long as Dawn may settle work of it. */
  release(held?: object): void;
}

/**
 * One Dawn serves a whole process. It takes its devices down with the last reference to it, and looks for finished work
 * between turns of the event loop, without a reference of its own: a Dawn that is collected before it has looked for the
 * last time ends the process. So it is held while anybody needs it, and a while after.
 */
let shared: Promise<GPU> | undefined;
let users = 0;

/** Milliseconds after the last device was lost in which Dawn settles what waited for it. */
const SETTLING = 500;

/**
 * The browser's `navigator.gpu`, or in Node that of the package `webgpu` (Dawn), for as long as it is not released. Throws
 * `BackendUnavailableError` where that package is missing or does not load.
 */
export async function acquireWebGpu(): Promise<WebGpu> {
  users++;
  try {
    shared ??= Promise.resolve(globalThis.navigator?.gpu ?? dawn());
    return { gpu: await shared, release: once(settleAndRelease) };
  } catch (error) {
    release();
    throw error;
  }
}

function release(): void {
  if (--users === 0) shared = undefined;
}

function settleAndRelease(held?: object): void {
  const kept = new Set([held]);
  const timer: NodeJS.Timeout | number = setTimeout(() => {
    kept.clear();
    release();
  }, SETTLING);
  // A browser's is a number; Node's is not to keep the process alive.
  if (typeof timer === "object") timer.unref();
}

function once(work: (held?: object) => void): (held?: object) => void {
  let done = false;
  return (held) => {
    if (!done) work(held);
    done = true;
  };
}

async function dawn(): Promise<GPU> {
  try {
    const { create, globals } = await import("webgpu");
    // Classes and constants that libraries use by their global names, as a browser has them.
    for (const [name, value] of Object.entries(globals)) {
      if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    return create([]);
  } catch (cause) {
    throw engineUnavailable(cause, { engine: "Dawn, which gives Node WebGPU,", packages: ["webgpu"] });
  }
}
