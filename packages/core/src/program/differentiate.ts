import { ProgramError } from "../errors.js";
import { programBuilder } from "./builder.js";
import type { GradientContext, OperationKind } from "./operation.js";
import { definitionOf } from "./operations/index.js";
import { inputShapesOf, type Program, valueShapes } from "./program.js";

/** A program that also computes gradients, and the name of each. */
export interface Differentiated {
  readonly program: Program;
  /** The value holding the gradient of the loss, by the name of what it is the gradient with respect to. */
  readonly gradients: ReadonlyMap<string, string>;
}

/**
 * Appends the operations that compute the gradient of a loss, by reverse accumulation: the operations are walked
 * backwards, each handing the gradient of its output to its inputs by its own rule, and contributions to one value are
 * added up. Only what the asked-for gradients need is computed.
 *
 * @param loss a value made by `softmaxCrossEntropy`.
 * @param withRespectTo names of inputs, variables or values. One that the loss does not depend on is an error.
 */
export function differentiate(program: Program, loss: string, withRespectTo: readonly string[]): Differentiated {
  const root = program.operations.find(({ output }) => output === loss);
  if (root?.kind !== "softmaxCrossEntropy") {
    throw new ProgramError(`"${loss}" cannot be differentiated: a loss is made by softmaxCrossEntropy.`);
  }
  const shapes = valueShapes(program);
  const needed = dependents(program, withRespectTo);
  const builder = programBuilder(program);
  const gradients = new Map<string, string>();

  const accumulate = (value: string, gradient: string): void => {
    const sum = gradients.get(value);
    gradients.set(value, sum ? builder.apply("add", [sum, gradient], {}, `${value}.gradientSum`) : gradient);
  };

  const [logits, labels] = root.inputs;
  if (needed.has(labels)) {
    throw new ProgramError(
      `The labels "${labels}" of "${loss}" depend on what it is differentiated for; they must not.`,
    );
  }
  accumulate(logits, builder.apply("softmaxCrossEntropyGrad", root.inputs, {}, `${logits}.gradient`));
  for (const operation of [...program.operations].reverse()) {
    const gradient = gradients.get(operation.output);
    if (gradient === undefined || !operation.inputs.some((input) => needed.has(input))) continue;
    const inputs: readonly string[] = operation.inputs;
    const isNeeded = (input: string | undefined): input is string => input !== undefined && needed.has(input);
    const contributions = inputGradients({
      operation,
      inputShapes: inputShapesOf(operation, shapes),
      gradient,
      needs: (position) => isNeeded(inputs[position]),
      // A name that tells where in the model a gradient belongs makes printed programs and profiles readable.
      apply: (kind, inputs, attributes) => builder.apply(kind, inputs, attributes, `${operation.output}.${kind}`),
    });
    contributions.forEach((contribution, position) => {
      const input = inputs[position];
      if (contribution !== undefined && isNeeded(input)) accumulate(input, contribution);
    });
  }

  const found = withRespectTo.map((value): readonly [string, string] => {
    const gradient = gradients.get(value);
    if (gradient === undefined) throw new ProgramError(`The loss "${loss}" does not depend on "${value}".`);
    return [value, gradient];
  });
  return { program: builder.build(), gradients: new Map(found) };
}

function inputGradients<Kind extends OperationKind>(context: GradientContext<Kind>): readonly (string | undefined)[] {
  const { kind, output } = context.operation;
  const rule = definitionOf(kind).gradient;
  if (!rule) throw new ProgramError(`"${output}" cannot be differentiated: ${kind} has no gradient rule.`);
  return rule(context);
}

/** The values themselves and everything computed from them. */
function dependents(program: Program, values: readonly string[]): ReadonlySet<string> {
  const reached = new Set(values);
  for (const { inputs, output } of program.operations) {
    if (inputs.some((input) => reached.has(input))) reached.add(output);
  }
  return reached;
}
