import type { WeightsEvent } from "@alexnet/core";
import { table } from "./table.js";

/** How large weights are, how much the last step changed them, and the share that this is, a line a parameter. */
export function weightsText({ parameters }: Pick<WeightsEvent, "parameters">): string {
  const small = (value: number): string => value.toExponential(1);
  return table(
    [
      { title: "weights" },
      { title: "mean |W|", align: "right" },
      { title: "mean |ΔW|", align: "right" },
      { title: "ratio", align: "right" },
    ],
    Object.entries(parameters)
      .filter(([name]) => name.endsWith(".weight"))
      .map(([name, { magnitude, change }]) => [name, small(magnitude), small(change), small(change / magnitude)]),
  );
}
