import { availableParallelism, cpus } from "node:os";
import { InvalidArgumentError } from "@alexnet/core";
import {
  type Backend,
  checkAlive,
  checkDevice,
  checkDeviceThreads,
  checkSupported,
  checkTensors,
  type Executable,
  ownedVariables,
} from "@alexnet/core/backend";
import { operationKinds } from "@alexnet/core/program";
import { checkOptions, describeValue } from "@alexnet/core/support";
import type { InferenceSession } from "onnxruntime-node";
import { loadEngine } from "./engine.js";
import { compileProgram } from "./executable.js";
import { BLOCK } from "./lowering/eight-bit.js";
import { type OnnxVariables, onnxVariables } from "./variables.js";
import { AMPLIFICATION } from "./winograd/plan.js";

/** What `onnxBackend` may be told. */
export interface OnnxBackendOptions {
  /** Where to compute; `"cpu"` unless told otherwise. */
  readonly device?: "cpu";
  /** Threads an operation may use; one per core unless told otherwise. */
  readonly threads?: number;
  /**
   * Whether every convolution is the sum of products that its definition has. Unless told so it goes by Winograd's
   * algorithm where that costs less: fewer products, and rounding errors relative to the largest values in the tensor
   * (`info.convolutionAmplification`).
   */
  readonly exact?: boolean;
  /**
   * How the weights of dense layers are held where a program changes none of them. `"int8"` rounds both factors of their
   * products to 8 bits, in blocks of 32 that share a scale (`info.eightBitBlock`): an answer to a single image takes a
   * quarter of the time there, off by about half a percent of the largest value; `"float32"` unless told so.
   */
  readonly denseWeights?: "float32" | "int8";
  /** Gives the module `onnxruntime-node`; the one that is installed beside this package unless told otherwise. */
  load?(): Promise<object>;
}

/**
 * ONNX Runtime as a backend: each program becomes one ONNX graph of standard operators, training steps included.
 *
 * Throws `BackendUnavailableError` when `onnxruntime-node` is not installed, and `InvalidArgumentError` for options that
 * make no sense.
 */
export async function onnxBackend(options: OnnxBackendOptions = {}): Promise<Backend> {
  checkOptions("onnxBackend", options, { device: true, threads: true, exact: true, denseWeights: true, load: true });
  const { device = "cpu", threads = availableParallelism(), exact = false, denseWeights = "float32" } = options;
  if (typeof exact !== "boolean") throw new InvalidArgumentError(`onnxBackend: exact is true or false; got ${exact}.`);
  if (denseWeights !== "float32" && denseWeights !== "int8") {
    throw new InvalidArgumentError(
      `onnxBackend: denseWeights is "float32" or "int8"; got ${describeValue(denseWeights)}.`,
    );
  }
  checkDevice("onnx", device, ["cpu"]);
  checkDeviceThreads(`onnx:${device}`, threads, true);
  const engine = await loadEngine(options.load);
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    graphOptimizationLevel: "all",
    // Warnings of the engine's optimizer are of no use to a user; errors become exceptions.
    logSeverityLevel: 3,
  };
  const info = {
    name: `onnx:${device}${exact ? "-exact" : ""}${denseWeights === "int8" ? "-int8" : ""}`,
    engine: "onnxruntime-node",
    version: engine.env.versions.node ?? "unknown",
    device: cpus()[0]?.model.trim() || "CPU",
    precision: "float32",
    operations: operationKinds,
    preferredFeeds: 4,
    ...(!exact && { convolutionAmplification: AMPLIFICATION }),
    ...(denseWeights === "int8" && { eightBitBlock: BLOCK }),
    details: {
      threads,
      lowering: denseWeights === "int8" ? "standard operators and MatMulNBits" : "standard operators",
      convolutions: exact ? "direct" : "Winograd's where cheaper",
    },
  } as const;

  const owned = ownedVariables<OnnxVariables>(info.name);
  const executables = new Set<Executable>();
  let disposed = false;

  return {
    info,
    async createVariables(values) {
      checkAlive(disposed, info.name);
      checkTensors("variable", values);
      const variables = onnxVariables(engine, values, owned.end);
      owned.add(variables, variables);
      return variables;
    },
    async compile(program, hints = {}) {
      checkAlive(disposed, info.name);
      checkSupported(info, program);
      const executable = await compileProgram(
        engine,
        program,
        {
          ...sessionOptions,
          lowering: {
            convolution: exact ? "direct" : "winograd",
            // Weights that others change are being trained: they are what they are.
            denseWeights: hints.variablesChange ? "float32" : denseWeights,
          },
        },
        hints,
        {
          find: owned.find,
          isDisposed: () => disposed,
          onDispose: (gone) => executables.delete(gone),
        },
      );
      executables.add(executable);
      return executable;
    },
    async dispose() {
      disposed = true;
      for (const executable of [...executables]) await executable.dispose();
      await owned.dispose();
    },
  };
}
