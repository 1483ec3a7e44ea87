import type { OperationKind, OperationOf } from "../program/operation.js";
import { definitionOf } from "../program/operations/index.js";
import { inputShapesOf, type Program, valueShapes } from "../program/program.js";
import { formatShape, type Shape, sizeOf } from "../tensor.js";
import type { Layer } from "./layer.js";
import { lower } from "./lower.js";
import type { Model } from "./model.js";

/** What one layer gives and costs. */
export interface LayerSummary {
  readonly name: string;
  readonly kind: Layer["kind"];
  readonly layer: Layer;
  /** Shape of its output, the batch included. */
  readonly outputShape: Shape;
  /** Number of weights and biases. */
  readonly parameters: number;
  /** Multiply-adds of a forward pass over the batch. */
  readonly multiplyAdds: number;
}

/** A model layer by layer, and in total. */
export interface ModelSummary {
  readonly model: string;
  /** Shape of the images, the batch included. */
  readonly inputShape: Shape;
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/** Shapes, parameters and multiply-adds of every layer for a batch of this size. */
export function summarize(model: Model, batch = 1): ModelSummary {
  const lowered = lower(model, { batch, training: false });
  const costs = operationCosts(lowered.builder.build());
  const layers = lowered.layers.map(({ layer, shape, parameters, values }) => ({
    name: layer.name,
    kind: layer.kind,
    layer,
    outputShape: shape,
    parameters: parameters.reduce((sum, parameter) => sum + sizeOf(parameter.shape), 0),
    multiplyAdds: values.reduce((sum, value) => sum + (costs.get(value) ?? 0), 0),
  }));
  return {
    model: model.name,
    inputShape: [batch, ...model.inputShape],
    layers,
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
  };
}

/** Multiply-adds of one run of each operation that has any, by the value it defines. */
export function operationCosts(program: Program): ReadonlyMap<string, number> {
  const shapes = valueShapes(program);
  const costs = new Map<string, number>();
  for (const operation of program.operations) {
    const cost = multiplyAddsOf(operation, shapes);
    if (cost !== undefined) costs.set(operation.output, cost);
  }
  return costs;
}

function multiplyAddsOf<Kind extends OperationKind>(
  operation: OperationOf<Kind>,
  shapes: ReadonlyMap<string, Shape>,
): number | undefined {
  const { kind, shape, attributes } = operation;
  return definitionOf(kind).multiplyAdds?.(inputShapesOf(operation, shapes), shape, attributes);
}

/** The summary as a table of text, one line a layer, at most 80 columns wide for the models of the zoo. */
export function formatSummary(summary: ModelSummary): string {
  const number = (value: number): string => (value === 0 ? "–" : value.toLocaleString("en-US"));
  const rows = [
    ["layer", "kind", "output shape", "parameters", "multiply-adds"],
    ["images", "", formatShape(summary.inputShape), "", ""],
    ...summary.layers.map((layer) => [
      layer.name,
      layer.kind,
      formatShape(layer.outputShape),
      number(layer.parameters),
      number(layer.multiplyAdds),
    ]),
    ["total", "", "", number(summary.parameters), number(summary.multiplyAdds)],
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column < 3 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd();
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width, 8));
  return [summary.model, rule, line(rows[0]!), rule, ...rows.slice(1, -1).map(line), rule, line(rows.at(-1)!)].join(
    "\n",
  );
}
