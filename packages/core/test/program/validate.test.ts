import { describe, expect, it } from "vitest";
import { alexnet2012, lenet5, ProgramError, paperSgd, ShapeError, trainingProgram } from "../../src/index.js";
import { type Program, validateProgram } from "../../src/program/index.js";

/** A program as it comes out of JSON, open to damage. */
// biome-ignore lint/suspicious/noExplicitAny: damage is what types forbid
type Loose = any;

function lenet(): Loose {
  return JSON.parse(JSON.stringify(trainingProgram(lenet5(), 2, paperSgd).program));
}

describe("validateProgram", () => {
  it.each([
    ["LeNet-5", trainingProgram(lenet5(), 2, paperSgd).program],
    ["AlexNet with two towers", trainingProgram(alexnet2012(), 1, paperSgd).program],
  ])("accepts the training program of %s, unchanged by JSON", (_, program) => {
    const copy: Program = JSON.parse(JSON.stringify(program));
    expect(copy).toEqual(program);
    expect(() => validateProgram(copy)).not.toThrow();
  });

  it.each<[string, (program: Loose) => void, string | RegExp]>([
    [
      "an unknown operation",
      (program) => {
        program.operations[3].kind = "fft";
      },
      /^"pool1" is made by an unknown operation "fft"/,
    ],
    [
      "an operation named after a property of every object",
      (program) => {
        program.operations[3].kind = "toString";
      },
      /unknown operation "toString"/,
    ],
    [
      "a value that is not there",
      (program) => {
        program.operations[2].inputs = ["nowhere"];
      },
      '"sigmoid1" reads "nowhere", which is not defined before it.',
    ],
    [
      "a value read before it is defined",
      (program) => {
        program.operations.reverse();
      },
      /which is not defined before it/,
    ],
    [
      "a value defined twice",
      (program) => {
        program.operations.push(program.operations[0]);
      },
      /defines "conv1.weighted" twice/,
    ],
    [
      "an input named like a variable",
      (program) => {
        program.inputs["conv1.weight"] = [1];
      },
      /defines "conv1.weight" twice/,
    ],
    [
      "a shape that is not what its rule gives",
      (program) => {
        program.operations[2].shape = [2, 6, 28, 29];
      },
      '"sigmoid1" claims shape [2, 6, 28, 29], but sigmoid gives [2, 6, 28, 28].',
    ],
    [
      "too few inputs",
      (program) => {
        program.operations[1].inputs.pop();
      },
      "conv1: addBias takes (input, bias); got 1 inputs.",
    ],
    [
      "too many inputs",
      (program) => {
        program.operations[1].inputs.push("images");
      },
      /; got 3 inputs/,
    ],
    [
      "attributes that are missing",
      (program) => {
        delete program.operations[0].attributes;
      },
      /^"conv1.weighted" has attributes that conv2d cannot have: undefined/,
    ],
    [
      "attributes of another form",
      (program) => {
        program.operations[0].attributes.stride = null;
      },
      /^"conv1.weighted" has attributes that conv2d cannot have: .*"stride":null/,
    ],
    [
      "a stride of zero",
      (program) => {
        program.operations[0].attributes.stride = [0, 0];
      },
      /"conv1.weighted" claims shape/,
    ],
    [
      "a negative extent",
      (program) => {
        program.inputs.images[0] = -2;
      },
      '"images" has the shape [-2, 1, 28, 28]; a shape holds non-negative whole numbers.',
    ],
    [
      "an extent lost in JSON",
      (program) => {
        program.inputs.images[0] = null;
      },
      /"images" has the shape/,
    ],
    [
      "an output that is not there",
      (program) => {
        program.outputs.loss = "nowhere";
      },
      'The output "loss" reads "nowhere"',
    ],
    [
      "an assignment of a value that is not there",
      (program) => {
        program.assignments["conv1.weight"] = "nowhere";
      },
      'The assignment to "conv1.weight" reads "nowhere"',
    ],
    [
      "an assignment to what is no variable",
      (program) => {
        program.assignments.images = "images";
      },
      '"images" is assigned, but is no variable.',
    ],
    [
      "an assignment of another shape",
      (program) => {
        program.assignments["conv1.weight"] = "conv1.bias";
      },
      '"conv1.weight" would take a value of shape [6].',
    ],
  ])("finds %s", (_, damage, message) => {
    const program = lenet();
    damage(program);
    expect(() => validateProgram(program)).toThrow(ProgramError);
    expect(() => validateProgram(program)).toThrow(message);
  });

  it("finds inputs that do not fit an operation", () => {
    const program = lenet();
    program.operations[0].inputs = ["images", "conv2.weight"];
    expect(() => validateProgram(program)).toThrow(ShapeError);
    expect(() => validateProgram(program)).toThrow(/^conv1\.weighted \(conv2d\): .*\[16, 6, 5, 5\].*\[2, 1, 28, 28\]/);
  });
});
