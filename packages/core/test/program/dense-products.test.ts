import { expect, it } from "vitest";
import { gradientProgram, inferenceProgram, lenet5, plainSgd, trainingProgram } from "../../src/index.js";
import { denseProducts, type ProgramBuilder, programBuilder } from "../../src/program/index.js";

const byTransposed = { transposeA: false, transposeB: true } as const;

/** The weights of the dense products of a program over rows `[2, 3]` and a variable `[3, 3]`. */
function weightsOf(write: (builder: ProgramBuilder) => void): readonly string[] {
  const builder = programBuilder("products");
  builder.input("rows", [2, 3]);
  builder.variable("weight", [3, 3]);
  write(builder);
  return denseProducts(builder.build()).map(({ inputs }) => inputs[1] as string);
}

it("lists the dense layers of an inference", () => {
  const products = denseProducts(inferenceProgram(lenet5(), 4).program);
  expect(products.map(({ inputs }) => inputs[1])).toEqual(["fc3.weight", "fc4.weight", "fc5.weight"]);
});

it("lists nothing of a training, and none whose weights a gradient reads too", () => {
  expect(denseProducts(trainingProgram(lenet5(), 4, plainSgd).program)).toEqual([]);
  expect(denseProducts(gradientProgram(lenet5(), 4).program)).toEqual([]);
});

it("lists a product with a variable, and not one with an input, or with the variable as it lies", () => {
  expect(weightsOf(({ apply, output }) => output(apply("matmul", ["rows", "weight"], byTransposed), "y"))).toEqual([
    "weight",
  ]);
  expect(weightsOf(({ apply, output }) => output(apply("matmul", ["rows", "rows"], byTransposed), "y"))).toEqual([]);
  expect(
    weightsOf(({ apply, output }) =>
      output(apply("matmul", ["rows", "weight"], { transposeA: false, transposeB: false }), "y"),
    ),
  ).toEqual([]);
});

it("leaves out a variable that is read twice or given out", () => {
  expect(
    weightsOf(({ apply, output }) => {
      const once = apply("matmul", ["rows", "weight"], byTransposed);
      output(apply("matmul", [once, "weight"], byTransposed), "y");
    }),
  ).toEqual([]);
  expect(
    weightsOf(({ apply, output }) => {
      output(apply("matmul", ["rows", "weight"], byTransposed), "y");
      output("weight", "weight");
    }),
  ).toEqual([]);
});
