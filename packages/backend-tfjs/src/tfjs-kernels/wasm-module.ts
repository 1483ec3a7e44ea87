import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Worker } from "node:worker_threads";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

/** The compiled kernels with their memory and threads. */
export type WasmModule = BackendWasm["wasm"] & {
  readonly HEAPU8: Uint8Array;
  cwrap(name: string, result: string | null, parameters: readonly string[]): unknown;
  readonly PThread: { readonly unusedWorkers: Worker[]; readonly runningWorkers: readonly Worker[] };
};

type Factory = (settings: {
  mainScriptUrlOrBlob: string;
  locateFile(path: string): string | URL;
  instantiateWasm(
    imports: WebAssembly.Imports & { env: Record<string, unknown> },
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}) => Promise<WasmModule>;

const NAME = "tfjs-backend-wasm-threaded-simd";

/**
 * Starts the threaded build of TensorFlow.js's kernels in Node, where the package itself only ever takes the build with one
 * thread. Leaves nothing behind in the process: no listener, no global, no file.
 */
export async function startWasmModule(threads: number): Promise<WasmModule> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "wasm-out");
  const script = join(folder, `${NAME}.js`);
  // Modules that are loaded by their path have no types.
  const factory = require(script) as Factory;
  const { wasmWorkerContents } = require(join(folder, `${NAME}.worker.js`)) as { wasmWorkerContents: string };
  const compiled = await WebAssembly.compile(await readFile(join(folder, `${NAME}.wasm`)));
  const restore = rememberGlobals();
  try {
    const module = await factory({
      mainScriptUrlOrBlob: script,
      locateFile: (path) => (path.endsWith(".worker.js") ? workerUrl(wasmWorkerContents, script) : join(folder, path)),
      instantiateWasm(imports, receive) {
        // The kernels take at most half of the cores they see.
        imports.env.emscripten_num_logical_cores = () => 2 * threads;
        void WebAssembly.instantiate(compiled, imports).then((instance) => receive(instance, compiled));
        return {};
      },
    });
    bindFunctions(module);
    return module;
  } finally {
    restore();
  }
}

/**
 * Ends the workers that were made in advance and got no thread to run; those that did do not keep the process from exiting.
 */
export async function settleWorkers({ PThread }: WasmModule): Promise<void> {
  for (const worker of PThread.runningWorkers) worker.unref();
  await Promise.all(PThread.unusedWorkers.splice(0).map((worker) => worker.terminate()));
}

/** The package's worker is a CommonJS script in a string; a worker from a data address is an ES module. */
function workerUrl(contents: string, script: string): URL {
  const prelude = [
    'import { createRequire } from "node:module";',
    `globalThis.require = createRequire(${JSON.stringify(script)});`,
    `globalThis.__filename = ${JSON.stringify(script)};`,
    // The string was meant to pass through one more pair of quotes: its line breaks were escapes.
    `(0, eval)(${JSON.stringify(contents.replaceAll("\n", "\\n"))});`,
  ];
  return new URL(`data:text/javascript,${encodeURIComponent(prelude.join("\n"))}`);
}

/** The functions that `BackendWasm` expects beside the kernels, as its own `init` binds them. */
function bindFunctions(module: WasmModule): void {
  const number = "number";
  Object.assign(module, {
    tfjs: {
      init: module.cwrap("init", null, []),
      initWithThreadsCount: module.cwrap("init_with_threads_count", null, [number]),
      getThreadsCount: module.cwrap("get_threads_count", number, []),
      registerTensor: module.cwrap("register_tensor", null, [number, number, number]),
      disposeData: module.cwrap("dispose_data", null, [number]),
      dispose: module.cwrap("dispose", null, []),
    },
  });
}

/** Emscripten rethrows every uncaught error of the process, its users' too, and replaces the global `Worker`. */
function rememberGlobals(): () => void {
  const events = ["uncaughtException", "unhandledRejection"] as const;
  // Overloads take one event each, and all are alike in this.
  const listeners = events.map((event) => process.listeners(event as "exit"));
  const worker = Object.getOwnPropertyDescriptor(globalThis, "Worker");
  return () => {
    events.forEach((event, index) => {
      for (const listener of process.listeners(event as "exit")) {
        if (!listeners[index]?.includes(listener)) process.off(event, listener);
      }
    });
    if (worker) Object.defineProperty(globalThis, "Worker", worker);
    else Reflect.deleteProperty(globalThis, "Worker");
  };
}
