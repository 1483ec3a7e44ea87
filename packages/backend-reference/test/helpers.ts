import { type Backend, type Shape, sizeOf, type Tensor, type TensorMap } from "@alexnet/core";
import {
  differentiate,
  type OperationAttributes,
  type OperationKind,
  optimize,
  type Program,
  type ProgramBuilder,
  programBuilder,
} from "@alexnet/core/program";
import { uniform } from "@alexnet/core/random";
import { referenceBackend } from "../src/index.js";

/** A float64 tensor, so that small test cases are exact. */
export function tensor64(shape: Shape, values: Iterable<number>): Tensor {
  const data = Float64Array.from(values);
  if (data.length !== sizeOf(shape)) throw new Error(`[${shape}] does not hold ${data.length} values`);
  return { shape, data };
}

/** The whole numbers from `first` on, in row-major order. */
export function counting(shape: Shape, first = 1): Tensor {
  return tensor64(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, index) => first + index),
  );
}

/** Values in [−1, 1), other ones for every purpose. */
export function random(purpose: string, shape: Shape): Tensor {
  return tensor64(
    shape,
    Array.from(uniform({ seed: 1, purpose }, sizeOf(shape)), (draw) => 2 * draw - 1),
  );
}

export async function runProgram(program: Program, feed: TensorMap, backend: Backend = referenceBackend()) {
  const executable = await backend.compile(program);
  const [outputs] = await executable.run(await backend.createVariables({}), [feed]);
  await backend.dispose();
  return outputs as TensorMap;
}

/** The result of one operation. */
export async function apply<Kind extends OperationKind>(
  kind: Kind,
  inputs: readonly Tensor[],
  attributes: OperationAttributes[Kind],
): Promise<Tensor> {
  const builder = programBuilder(kind);
  const names = inputs.map(({ shape }, position) => builder.input(`input${position}`, shape));
  builder.output(builder.apply(kind, names as never, attributes), "result");
  const feed = Object.fromEntries(inputs.map((input, position) => [`input${position}`, input]));
  return (await runProgram(builder.build(), feed)).result as Tensor;
}

/** Writes a function of the named inputs as operations and returns the name of its value. */
export type Build = (builder: ProgramBuilder) => string;

/**
 * A loss equal to `Σ result · weights`, whose gradient with respect to the result is therefore exactly `weights`: the
 * two logits are that sum and 0, and the labels −1 and 1 make the cross-entropy their difference.
 */
function weightedSum(inputs: TensorMap, build: Build): { program: Program; loss: string; weightsShape: Shape } {
  const builder = programBuilder("weighted sum");
  for (const [name, { shape }] of Object.entries(inputs)) builder.input(name, shape);
  const result = build(builder);
  const size = sizeOf(builder.shape(result));
  const row = builder.apply("reshape", [result], { shape: [1, size] });
  const projection = builder.input("projection", [size, 2]);
  const logits = builder.apply("matmul", [row, projection], { transposeA: false, transposeB: false });
  const loss = builder.apply("softmaxCrossEntropy", [logits, builder.input("signs", [1, 2])], {}, "loss");
  builder.output(result, "result");
  builder.output(loss, "loss");
  return { program: builder.build(), loss, weightsShape: builder.shape(result) };
}

function projectionFeed(weights: Tensor): TensorMap {
  const columns = Array.from(weights.data).flatMap((weight) => [weight, 0]);
  return { projection: tensor64([weights.data.length, 2], columns), signs: tensor64([1, 2], [-1, 1]) };
}

/** The value of a function, and the gradient of `Σ result · weights` with respect to each wanted input, as `"d" + name`. */
export async function withGradients(
  inputs: TensorMap,
  build: Build,
  weights: Tensor,
  wanted = Object.keys(inputs),
): Promise<TensorMap> {
  const { program, loss } = weightedSum(inputs, build);
  const differentiated = differentiate(program, loss, wanted);
  const builder = programBuilder(differentiated.program);
  for (const [name, gradient] of differentiated.gradients) builder.output(gradient, `d${name}`);
  return runProgram(optimize(builder.build()), { ...inputs, ...projectionFeed(weights) });
}

const STEP = 1e-5;

/**
 * The largest difference between the gradients core derives and central differences, relative to the largest gradient
 * of each input. The inputs must keep more than `STEP` away from kinks.
 */
export async function gradientError(inputs: TensorMap, build: Build, wanted = Object.keys(inputs)): Promise<number> {
  const { program, weightsShape } = weightedSum(inputs, build);
  const weights = random("weights", weightsShape);
  const derived = await withGradients(inputs, build, weights, wanted);
  const fed: TensorMap = { ...inputs, ...projectionFeed(weights) };

  const backend = referenceBackend();
  const executable = await backend.compile(optimize(program));
  const variables = await backend.createVariables({});
  const lossAt = async (name: string, index: number, shift: number): Promise<number> => {
    const data = Float64Array.from((inputs[name] as Tensor).data);
    data[index]! += shift;
    const [outputs] = await executable.run(variables, [
      { ...fed, [name]: tensor64((inputs[name] as Tensor).shape, data) },
    ]);
    return outputs?.loss?.data[0] as number;
  };
  let worst = 0;
  for (const name of wanted) {
    const gradient = (derived[`d${name}`] as Tensor).data;
    const largest = Math.max(...Array.from(gradient, Math.abs));
    for (let index = 0; index < gradient.length; index++) {
      const slope = ((await lossAt(name, index, STEP)) - (await lossAt(name, index, -STEP))) / (2 * STEP);
      worst = Math.max(worst, Math.abs(slope - gradient[index]!) / largest);
    }
  }
  await backend.dispose();
  return worst;
}
