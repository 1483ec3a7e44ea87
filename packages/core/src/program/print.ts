import { formatShape, type Shape } from "../tensor.js";
import type { Program } from "./program.js";

/**
 * The program as text, one line a value:
 *
 * ```
 * program lenet5 training
 *   input images [32, 1, 28, 28]
 *   variable conv1.weight [6, 1, 5, 5]
 *   conv1 = conv2d(images, conv1.weight) stride=[1,1] padding=[2,2,2,2] … → [32, 6, 28, 28]
 *   output loss = loss
 *   conv1.weight ← conv1.weight.sgdUpdate
 * ```
 */
export function printProgram(program: Program): string {
  const lines = [`program ${program.name}`];
  const declare = (word: string, shapes: Readonly<Record<string, Shape>>): void => {
    for (const [name, shape] of Object.entries(shapes)) lines.push(`  ${word} ${name} ${formatShape(shape)}`);
  };
  declare("input", program.inputs);
  declare("variable", program.variables);
  for (const { kind, inputs, attributes, output, shape } of program.operations) {
    const settings = Object.entries(attributes).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
    lines.push(`  ${output} = ${kind}(${inputs.join(", ")})${settings.join("")} → ${formatShape(shape)}`);
  }
  for (const [name, value] of Object.entries(program.outputs)) lines.push(`  output ${name} = ${value}`);
  for (const [variable, value] of Object.entries(program.assignments)) lines.push(`  ${variable} ← ${value}`);
  return `${lines.join("\n")}\n`;
}
