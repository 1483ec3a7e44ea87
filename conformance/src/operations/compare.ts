import { type Backend, programBuilder, sizeOf, type Tensor, type TensorMap, uniform } from "@alexnet/core";
import type { OperationCase } from "./cases.js";

/** Runs the operations of a case once on inputs drawn from the seed and returns each compared value by name. */
export async function runOperations(operationCase: OperationCase, backend: Backend, seed: number): Promise<TensorMap> {
  const { name, inputs, range: [from, to] = [-1, 1] } = operationCase;
  const builder = programBuilder(name);
  const feed: Record<string, Tensor> = {};
  for (const [input, shape] of Object.entries(inputs)) {
    builder.input(input, shape);
    const draws = uniform({ seed, purpose: `operations:${name}:${input}` }, sizeOf(shape));
    feed[input] = { shape, data: draws.map((draw) => from + draw * (to - from)) };
  }
  for (const value of operationCase.build(builder)) builder.output(value);
  const executable = await backend.compile(builder.build());
  const variables = await backend.createVariables({});
  const [outputs] = await executable.run(variables, [feed]);
  await executable.dispose();
  await variables.dispose();
  return outputs as TensorMap;
}
