import { readFileSync } from "node:fs";
import {
  inferenceProgram,
  type OperationKind,
  type Program,
  parametersOf,
  type Shape,
  sameShape,
  summarise,
  type TensorMap,
  valueShapes,
  zeros,
} from "@alexnet/core";
import { goldenModels } from "../golden/models.js";
import { type Check, ConformanceError } from "../suite/check.js";

/** One image, and a few. */
const BATCHES = [1, 3] as const;

interface WitnessedShapes {
  readonly layers: readonly { readonly name: string; readonly shape: Shape }[];
}

/** Level 4: what every layer of every model gives, at several batch sizes, has the shape that PyTorch's has. */
export const shapeChecks: readonly Check[] = Object.entries(goldenModels).flatMap(([name, create]) =>
  BATCHES.map((batch) => {
    const model = create();
    const { program } = inferenceProgram(model, batch);
    const operations: readonly OperationKind[] = [...new Set(program.operations.map(({ kind }) => kind))];
    return {
      id: `shapes/${name}, batch ${batch}`,
      level: 4,
      operations,
      work: summarise(model, batch).multiplyAdds,
      async run({ backend }) {
        const observed = withLayerOutputs(program, witnessed(name));
        const executable = await backend.compile(observed);
        const variables = await backend.createVariables(
          Object.fromEntries(parametersOf(model).map(({ name: parameter, shape }) => [parameter, zeros(shape)])),
        );
        try {
          const images = zeros([batch, ...model.inputShape]);
          const [outputs] = await executable.run(variables, [{ images }]);
          compareShapes(outputs as TensorMap, witnessed(name), batch);
          return [];
        } finally {
          await variables.dispose();
          await executable.dispose();
        }
      },
    };
  }),
);

/** The program with every layer's value as an output; dropout, which does nothing here, has no value of its own. */
function withLayerOutputs(program: Program, { layers }: WitnessedShapes): Program {
  const values = valueShapes(program);
  const outputs = layers.filter(({ name }) => values.has(name)).map(({ name }) => [name, name]);
  return { ...program, outputs: Object.fromEntries(outputs) };
}

function compareShapes(outputs: TensorMap, { layers }: WitnessedShapes, batch: number): void {
  for (const { name, shape } of layers) {
    const output = outputs[name];
    if (!output) continue;
    const expected = [batch, ...shape.slice(1)];
    const size = expected.reduce((product, extent) => product * extent, 1);
    if (!sameShape(output.shape, expected) || output.data.length !== size) {
      throw new ConformanceError(
        `${name} should be [${expected}], but is [${output.shape}] with ${output.data.length} elements.`,
      );
    }
  }
}

let shapes: Readonly<Record<string, WitnessedShapes>> | undefined;

/** What PyTorch's modules gave. */
function witnessed(model: string): WitnessedShapes {
  shapes ??= JSON.parse(readFileSync(new URL("../../golden/shapes.json", import.meta.url), "utf8"));
  return (shapes as NonNullable<typeof shapes>)[model] as WitnessedShapes;
}
