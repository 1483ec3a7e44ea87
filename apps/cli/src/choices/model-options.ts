import type { ZooOptions } from "@alexnet/core";
import { UsageError } from "../program/errors.js";

/** The flags that shape a model. */
export interface ModelFlags {
  readonly towers?: number;
  readonly classes?: number;
  readonly channels?: number;
  readonly inputSize?: number;
}

/** The flags as options of a model, what was not given left out. Core checks the values. */
export function modelOptions({ towers, classes, channels, inputSize }: ModelFlags): ZooOptions {
  if (towers !== undefined && towers !== 1 && towers !== 2) {
    throw new UsageError(`--towers is 1 or 2; got ${towers}.`);
  }
  return {
    ...(classes !== undefined && { classes }),
    ...(channels !== undefined && { channels }),
    ...(inputSize !== undefined && { inputSize }),
    ...(towers !== undefined && { towers }),
  };
}
