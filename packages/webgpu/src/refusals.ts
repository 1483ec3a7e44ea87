import { UnsupportedOperationError } from "@alexnet/core";

/** As much of a device as tells what it refuses. */
export interface RefusingDevice {
  onuncapturederror: ((event: never) => void) | null;
}

/**
 * What a device refuses it reports later, and computes nothing instead: remembered, so that no result is taken from it.
 * `throwIfAny` throws `UnsupportedOperationError` with the first.
 */
export function firstRefusal(device: RefusingDevice): { throwIfAny(): void } {
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
