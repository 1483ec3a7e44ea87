import type { Backend } from "@alexnet/core";
import type { OperationKind } from "@alexnet/core/program";

/** The levels of the suite; each takes for granted what the ones before it have shown. */
export const levels = {
  1: "lifecycle",
  2: "operations",
  3: "gradients",
  4: "shapes",
  5: "models",
  6: "training",
} as const;

/** The number of a level. */
export type Level = keyof typeof levels;

/** How far a result is from the truth, and how far it may be. */
export interface Measurement {
  /** The output, parameter or loss that was measured. */
  readonly what: string;
  /** The operation that made it, where one did. */
  readonly operation?: OperationKind;
  /** In units of roundoff of the backend's precision, relative to the magnitude TOLERANCES.md defines. */
  readonly error: number;
  /** In the same unit. */
  readonly budget: number;
}

/** What a check works with. */
export interface CheckContext {
  /** A backend that other checks use too; it must be left as it was found. */
  readonly backend: Backend;
  /** Makes another, for checks that dispose it. */
  create(): Promise<Backend>;
  /** Decides the inputs of the operations. */
  readonly seed: number;
}

/** One thing a backend must do. */
export interface Check {
  /** Stable and readable: `"gradients/conv2d 1x1 stride 2"`. */
  readonly id: string;
  readonly level: Level;
  /** The operations it runs; a backend that lacks one is not asked. */
  readonly operations: readonly OperationKind[];
  /** Multiply-adds, about; 0 where they are few. */
  readonly work: number;
  /**
   * Measures, or throws: `ConformanceError` when the backend does something wrong that is no number,
   * `NotApplicable` when its capabilities leave nothing to check.
   */
  run(context: CheckContext): Promise<readonly Measurement[]>;
}

/** The backend does something the interface does not allow. */
export class ConformanceError extends Error {
  override readonly name = "ConformanceError";
}

/** The backend cannot be checked for this, because it says of itself that it does not do it. */
export class NotApplicable extends Error {
  override readonly name = "NotApplicable";
}

/** Throws `NotApplicable` where the backend leaves open what becomes of NaN. */
export function checkPropagatesNaN({ info }: Backend): void {
  if (info.propagatesNaN === false) {
    throw new NotApplicable(`${info.name} does not promise what becomes of NaN (info.propagatesNaN).`);
  }
}
