import { InvalidArgumentError } from "../../errors.js";
import { checkOptions, describeValue } from "../../options.js";

/** What every model of the zoo can be told. */
export interface ModelOptions {
  /** Number of classes. */
  readonly classes?: number;
  /** Colour channels of the images. */
  readonly channels?: number;
  /** Height and width of the images, pixels. */
  readonly inputSize?: number;
}

/** Throws `InvalidArgumentError` for an option that the model does not have, or one that is no whole number from 1 on. */
export function checkModelOptions(model: string, options: ModelOptions, others: readonly string[] = []): void {
  const known = { classes: true, channels: true, inputSize: true } as const;
  checkOptions(model, options, { ...known, ...Object.fromEntries(others.map((name) => [name, true])) });
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 1)) {
      throw new InvalidArgumentError(
        `${model}: ${name} must be a whole number of at least 1; got ${describeValue(value)}.`,
      );
    }
  }
}
