import type { Tensor } from "@alexnet/core";
import { ABSOLUTE_FLOOR } from "../tolerance.js";
import type { Truth } from "./truth.js";

/** The worst element's error, in units of roundoff of its magnitude; infinite for one that is not finite or missing. */
export function worstError(found: Tensor["data"], { value, magnitude }: Truth, unit: number): number {
  if (found.length !== value.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let index = 0; index < value.length; index++) {
    const difference = Math.abs(found[index]! - value[index]!);
    if (difference <= ABSOLUTE_FLOOR) continue;
    const error = difference / (magnitude[index]! * unit);
    if (!(error <= worst)) worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return worst;
}
