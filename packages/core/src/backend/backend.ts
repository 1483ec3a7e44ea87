import type { OperationKind } from "../program/operation.js";
import type { Program } from "../program/program.js";
import type { TensorMap } from "../tensor.js";

/** How a backend rounds. The conformance suite's tolerances follow from it. */
export type Precision = "float64" | "float32" | "tf32" | "float16";

/** What a backend is and can do: data, so that nobody needs to ask for a name. */
export interface BackendInfo {
  /** The name it is chosen by, `onnx:cpu`. */
  readonly name: string;
  /** The engine underneath, `onnxruntime-node`. */
  readonly engine: string;
  /** Version of the engine. */
  readonly version: string;
  /** The device as the engine or system names it. */
  readonly device: string;
  readonly precision: Precision;
  /** The operations it runs. */
  readonly operations: readonly OperationKind[];
  /**
   * Whether a NaN among the inputs of an operation shows in all that depends on it, as IEEE 754 has it and the reference
   * does. `false` where the device's language lets it be taken for any number (WGSL, "Differences from
   * IEEE-754"); absent means `true`.
   */
  readonly propagatesNaN?: boolean;
  /**
   * How many times larger the rounding errors of convolutions and their gradients may be than those of sums of products,
   * and then relative to the largest magnitude in the tensor instead of each element's own: Winograd's algorithm pays so
   * for doing fewer products, and lets a NaN or infinity spread over its image. Absent where each element is a sum of
   * products.
   */
  readonly convolutionAmplification?: number;
  /**
   * Where both factors of a dense layer's product are rounded to whole numbers of 8 bits: how many neighbors in the sum, at
   * most, share the scale at which the largest of them is 127. It concerns what `denseProducts` lists of a program. Absent
   * where those are computed like every other product.
   */
  readonly eightBitBlock?: number;
  /** Small steps worth handing to one `run`, because a call has a price of its own; 1 where it has none. */
  readonly preferredFeeds: number;
  /** Further facts for people: threads, the chosen lowering, limits. */
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** An engine on a device. Everything it makes belongs to it and dies with it. */
export interface Backend {
  readonly info: BackendInfo;
  /**
   * Copies the values to the device as the state a program reads and assigns. Throws `ShapeError` when one does not hold
   * as many values as its shape says, `InvalidArgumentError` when one is no tensor of float32 or float64.
   */
  createVariables(values: TensorMap): Promise<Variables>;
  /**
   * Makes a program ready to run. Throws `UnsupportedOperationError`, before any work, if it lacks an operation. What it is told beside the program
   * is of use to backends that take variables for constants, or round them; others may pay no heed.
   */
  compile(program: Program, hints?: CompileHints): Promise<Executable>;
  /** Buffers alive on the device, for engines that can count them: a number that grows from run to run is a leak. */
  allocations?(): number;
  /** Frees everything it made; idempotent. The process can exit afterwards. Using it later throws `DisposedError`. */
  dispose(): Promise<void>;
}

/** What is known of how a program will be run. */
export interface CompileHints {
  /**
   * Whether variables that the program reads, and does not assign, are other ones at every run because another program assigns them. What takes them
   * for constants, which is quick as long as they are, would have to be made anew each time. Such variables are being trained, and not rounded to 8 bits.
   */
  readonly variablesChange?: boolean;
}

/** A program made ready. */
export interface Executable {
  readonly program: Program;
  /**
   * Runs the program once per element of `feeds`, in order; what one run assigns the next one reads. Returns the outputs
   * of each run. The result does not depend on how runs are grouped into calls.
   *
   * Throws `ShapeError`, `ProgramError` or `InvalidArgumentError`, before any work, when a fed input or a variable is
   * missing, unknown, not whole, or of another shape or type, or `variables` come from another backend. What is returned is
   * the caller's to keep and to change; what is fed is only read. Calls of one executable must not overlap; those of
   * others may, unless they assign the same variables.
   */
  run(variables: Variables, feeds: readonly TensorMap[]): Promise<readonly TensorMap[]>;
  /**
   * How long each operation takes in runs like these, for engines that can tell; throws what `run` throws. Every operation
   * is told of once. The variables stay as they are, nothing is returned, and it takes longer than `run`.
   */
  profile?(variables: Variables, feeds: readonly TensorMap[]): Promise<readonly OperationTime[]>;
  /** Frees it; idempotent. */
  dispose(): Promise<void>;
}

/** How long some operations of a program took together. */
export interface OperationTime {
  /** The values they define: several where the engine computes them at once, none for work of its own between operations. */
  readonly values: readonly string[];
  /** Seconds a run, the mean of all runs. */
  readonly seconds: number;
}

/** State on the device: weights and velocities. */
export interface Variables {
  /** Copies values back to the host: those named, or all. */
  read(names?: readonly string[]): Promise<TensorMap>;
  /** Frees them; idempotent. */
  dispose(): Promise<void>;
}
