import { readFileSync } from "node:fs";
import {
  layersProgram,
  type Model,
  parametersOf,
  type Shape,
  sameShape,
  summarize,
  type Tensor,
  type TensorMap,
  zeros,
} from "@alexnet/core";
import { goldenFeed, goldenParameters } from "../golden/inputs.js";
import { goldenModels } from "../golden/models.js";
import { readGolden } from "../golden/read.js";
import { kindsOf } from "../kinds.js";
import { type Check, ConformanceError, type Measurement } from "../suite/check.js";
import { runOnce } from "../suite/run-once.js";
import { programBudgets, unitRoundoff } from "../tolerance.js";

/** One image, two as in the goldens, and an odd number where that costs little: more multiply-adds only take longer. */
const LITTLE_WORK = 1e8;

/** The goldens' batch size. */
const GOLDEN_BATCH = 2;

interface WitnessedLayer {
  readonly name: string;
  readonly shape: Shape;
}

/**
 * Level 4: every layer of every model gives what PyTorch's gives, in shape at several batch sizes, and in values from the
 * goldens' weights, images and dropout masks.
 */
export const shapeChecks: readonly Check[] = Object.entries(goldenModels).flatMap(([name, create]) => [
  ...[1, 3]
    .filter((batch) => batch === 1 || summarize(create(), batch).multiplyAdds <= LITTLE_WORK)
    .map((batch) => shapesOf(name, create(), batch)),
  valuesOf(name, create()),
]);

function shapesOf(name: string, model: Model, batch: number): Check {
  const { program } = layersProgram(model, batch, { training: false });
  return {
    id: `shapes/${name}, batch ${batch}`,
    level: 4,
    operations: kindsOf(program),
    work: summarize(model, batch).multiplyAdds,
    async run({ backend }) {
      const start = parametersOf(model).map((parameter) => [parameter.name, zeros(parameter.shape)]);
      const feed = { images: zeros([batch, ...model.inputShape]) };
      const outputs = await runOnce(backend, program, feed, Object.fromEntries(start));
      for (const layer of witnessed(name)) compareShape(outputs, layer, batch);
      return [];
    },
  };
}

function valuesOf(name: string, model: Model): Check {
  const layers = layersProgram(model, GOLDEN_BATCH, { training: true });
  const forward = layers.program;
  return {
    id: `shapes/${name}, values of every layer`,
    level: 4,
    operations: kindsOf(forward),
    work: summarize(model, GOLDEN_BATCH).multiplyAdds,
    async run({ backend }) {
      const { tensors, metadata } = await readGolden(name);
      const seed = Number(metadata.seed);
      const budgets = programBudgets(forward, backend.info);
      const unit = unitRoundoff[backend.info.precision];
      const parameters = goldenParameters(model, layers.parameters, seed);
      const outputs = await runOnce(backend, forward, goldenFeed(model, layers, seed), parameters);
      return witnessed(name).map((layer): Measurement => {
        const { data } = compareShape(outputs, layer, GOLDEN_BATCH);
        const golden = (what: string) => tensors[`layer.${layer.name}.${what}`]!.data;
        const error = largestDifference(data, golden("sample")) / golden("max")[0]!;
        return { what: layer.name, error: error / unit, budget: budgets.get(forward.outputs[layer.name] ?? "") ?? 0 };
      });
    },
  };
}

/** The layer's output as the backend gave it. Throws `ConformanceError` unless it has PyTorch's shape. */
function compareShape(outputs: TensorMap, { name, shape }: WitnessedLayer, batch: number): Tensor {
  const output = outputs[name];
  if (!output) throw new ConformanceError(`There is no output ${name}.`);
  const expected = [batch, ...shape.slice(1)];
  const size = expected.reduce((product, extent) => product * extent, 1);
  if (!sameShape(output.shape, expected) || output.data.length !== size) {
    throw new ConformanceError(
      `${name} should be [${expected}], but is [${output.shape}] with ${output.data.length} elements.`,
    );
  }
  return output;
}

/** Between a sample and what stands at its places, i · size / samples; infinite where something is no number. */
function largestDifference(found: Tensor["data"], sample: Tensor["data"]): number {
  let largest = 0;
  for (const [index, expected] of sample.entries()) {
    const value = found[Math.floor((index * found.length) / sample.length)]!;
    const difference = Math.abs(value - expected);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}

let shapes: Readonly<Record<string, { readonly layers: readonly WitnessedLayer[] }>> | undefined;

/** What PyTorch's modules gave. */
function witnessed(model: string): readonly WitnessedLayer[] {
  shapes ??= JSON.parse(readFileSync(new URL("../../golden/shapes.json", import.meta.url), "utf8"));
  return shapes?.[model]?.layers ?? [];
}
