import { UnsupportedOperationError } from "@alexnet/core";

/** As much of a device as tells what it refuses. */
export interface RefusingDevice {
  /** Called with what it refused. */
  onuncapturederror: ((event: never) => void) | null;
}

/** What a device refused. */
export interface Refusals {
  /** Throws `UnsupportedOperationError` with the first, if there is any. */
  throwIfAny(): void;
}

/**
 * What a device refuses it reports later, and computes nothing instead: remembered, so that no result is taken from it.
 */
export function firstRefusal(device: RefusingDevice): Refusals {
  let message: string | undefined;
  device.onuncapturederror = ({ error }: { readonly error: { readonly message: string } }) => {
    message ??= error.message;
  };
  return {
    throwIfAny() {
      if (message !== undefined)
        throw new UnsupportedOperationError(`The WebGPU device refused to compute: ${message}`);
    },
  };
}
