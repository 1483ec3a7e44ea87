import { WeightsError } from "@alexnet/core";

/** Memory that the reading of one file may still take. */
export interface Budget {
  /** Takes that many bytes off. Throws `WeightsError`, naming `what` they are for, when they are not there. */
  spend(bytes: number, what: string): void;
}

/** What even the smallest file may take. */
const FLOOR = 1 << 20;

/**
 * A file may take three times its size beside itself, which widening float16 and putting strided tensors in order stay
 * below; more is asked for by a file that was made to exhaust memory.
 */
export function budgetFor(fileBytes: number): Budget {
  const whole = Math.max(3 * fileBytes, FLOOR);
  let left = whole;
  return {
    spend(bytes, what) {
      if (bytes > left) {
        throw new WeightsError(
          `${what} would take ${bytes} bytes, and a file of ${fileBytes} bytes may take ${whole} in all: ` +
            "it is damaged, or made to exhaust memory.",
        );
      }
      left -= bytes;
    },
  };
}
