import { InvalidArgumentError } from "../../errors.js";
import { checkNames, describeValue } from "../../support/options.js";

/** What every model of the zoo can be told. */
export interface ModelOptions {
  /** Number of classes. */
  readonly classes?: number;
  /** Color channels of the images. */
  readonly channels?: number;
  /** Height and width of the images, pixels. */
  readonly inputSize?: number;
}

/** Their names. */
export const MODEL_OPTIONS = ["classes", "channels", "inputSize"] as const satisfies readonly (keyof ModelOptions)[];

/** Throws `InvalidArgumentError` for an option that the model does not have, or one that is no whole number from 1 on. */
export function checkModelOptions(model: string, options: ModelOptions, others: readonly string[] = []): void {
  checkNames(model, options, [...MODEL_OPTIONS, ...others]);
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 1)) {
      throw new InvalidArgumentError(
        `${model}: ${name} must be a whole number of at least 1; got ${describeValue(value)}.`,
      );
    }
  }
}
