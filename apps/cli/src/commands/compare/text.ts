import type { LayerSummary } from "@alexnet/core";
import { count, extents } from "../../text/format.js";
import { table, wrap } from "../../text/table.js";
import type { Comparison } from "./facts.js";

/** So that both models and the names of the facts fit 80 columns. */
const VALUE_COLUMNS = 28;

/** The comparison as two tables of at most 80 columns: the facts, then the layers side by side. */
export function comparisonText({ models, facts, layers }: Comparison): string {
  const names = [models[0].model, models[1].model] as const;
  const factRows = facts.flatMap(({ fact, values }) => {
    const [left, right] = [wrap(values[0], VALUE_COLUMNS), wrap(values[1], VALUE_COLUMNS)];
    return Array.from({ length: Math.max(left.length, right.length) }, (_, line) => [
      line === 0 ? fact : "",
      left[line] ?? "",
      right[line] ?? "",
    ]);
  });
  const layerRows = layers.map(({ left, right }) => [...cells(left), ...cells(right)]);
  return [
    table([{ title: "" }, { title: names[0] }, { title: names[1] }], factRows),
    "",
    table(
      [
        { title: names[0] },
        { title: "output" },
        { title: "parameters", align: "right" },
        { title: names[1] },
        { title: "output" },
        { title: "parameters", align: "right" },
      ],
      layerRows,
    ),
  ].join("\n");
}

function cells(layer: LayerSummary | undefined): readonly string[] {
  if (!layer) return ["", "", ""];
  return [layer.name, extents(layer.outputShape.slice(1)), layer.parameters === 0 ? "" : count(layer.parameters)];
}
