const MARK = Symbol.for("@alexnet/core/error");

/**
 * The base of every error this library throws on purpose. `code` is stable across releases and safe to branch on;
 * `message` names the offending thing and says what to do about it.
 */
export class AlexNetError extends Error {
  readonly code: string;
  /** The same in every copy of this package, where the class is not: `isAlexNetError` looks for it. */
  readonly [MARK] = true;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/**
 * Whether something thrown is an error of this library, whichever copy of this package made it. `instanceof` is false for
 * an error of another copy, as two dependencies may bring one each.
 */
export function isAlexNetError(error: unknown): error is AlexNetError {
  return typeof error === "object" && error !== null && MARK in error && error[MARK] === true;
}

/** Whether something thrown is this library's error of this code, whichever copy of this package made it. */
export function hasCode(error: unknown, code: string): error is AlexNetError {
  return isAlexNetError(error) && error.code === code;
}

/** A value, option or argument is outside what the called function accepts. */
export class InvalidArgumentError extends AlexNetError {
  constructor(message: string, options?: ErrorOptions) {
    super("INVALID_ARGUMENT", message, options);
  }
}

/** Shapes do not fit together. The message names the layer or operation and both shapes. */
export class ShapeError extends AlexNetError {
  constructor(message: string, options?: ErrorOptions) {
    super("SHAPE", message, options);
  }
}

/** A program refers to a value it does not hold, defines one twice, or disagrees with its own shape rules. */
export class ProgramError extends AlexNetError {
  constructor(message: string, options?: ErrorOptions) {
    super("PROGRAM", message, options);
  }
}

/** The asked-for engine or device is not there. The message says what to install or which to choose instead. */
export class BackendUnavailableError extends AlexNetError {
  /** npm packages that it lacks, for programs that know better how to install them here; often none. */
  readonly packages: readonly string[];

  constructor(message: string, options?: ErrorOptions & { readonly packages?: readonly string[] }) {
    super("BACKEND_UNAVAILABLE", message, options);
    this.packages = options?.packages ?? [];
  }
}

/** The program holds an operation that the backend cannot run; thrown by `compile`, before any work. */
export class UnsupportedOperationError extends AlexNetError {
  constructor(message: string, options?: ErrorOptions) {
    super("UNSUPPORTED_OPERATION", message, options);
  }
}

/** Something was used after its `dispose`. */
export class DisposedError extends AlexNetError {
  constructor(message: string, options?: ErrorOptions) {
    super("DISPOSED", message, options);
  }
}

/** A dataset is missing, damaged or not what it claims to be. */
export class DatasetError extends AlexNetError {
  constructor(message: string, options?: ErrorOptions) {
    super("DATASET", message, options);
  }
}

/** A file of weights is damaged, or does not fit the model. */
export class WeightsError extends AlexNetError {
  constructor(message: string, options?: ErrorOptions) {
    super("WEIGHTS", message, options);
  }
}

/** A checkpoint is damaged, incomplete, of another model, or could not be written. */
export class CheckpointError extends AlexNetError {
  constructor(message: string, options?: ErrorOptions) {
    super("CHECKPOINT", message, options);
  }
}

/** A model's outputs are NaN or infinite: nothing can be concluded from them. */
export class NonFiniteOutputError extends AlexNetError {
  constructor(message: string, options?: ErrorOptions) {
    super("NON_FINITE_OUTPUT", message, options);
  }
}

/** The loss of a training step, or of the evaluation after it, is NaN or infinite. */
export class NonFiniteLossError extends AlexNetError {
  /** The 1-based step whose loss is not finite, or after which the evaluation's is not. */
  readonly step: number;

  constructor(step: number, message: string, options?: ErrorOptions) {
    super("NON_FINITE_LOSS", message, options);
    this.step = step;
  }
}
