import { describe, expect, it } from "vitest";
import { ProgramError, ShapeError } from "../../src/index.js";
import { programBuilder } from "../../src/program/index.js";

function start() {
  const builder = programBuilder("test");
  builder.input("x", [2, 3]);
  builder.variable("w", [4, 3]);
  return builder;
}

const PLAIN = { transposeA: false, transposeB: false };

describe("programBuilder", () => {
  it("names a value after its operation, and again with a number", () => {
    const builder = start();
    expect(builder.apply("relu", ["x"], {})).toBe("relu");
    expect(builder.apply("relu", ["x"], {})).toBe("relu#2");
    expect(builder.apply("relu", ["x"], {}, "x")).toBe("x#2");
    expect(builder.apply("relu", ["x"], {}, "mine")).toBe("mine");
  });

  it("knows the shape of every value", () => {
    const builder = start();
    const product = builder.apply("matmul", ["x", "w"], { transposeA: false, transposeB: true });
    expect(builder.shape(product)).toEqual([2, 4]);
    expect(builder.shape("x")).toEqual([2, 3]);
  });

  it("says where shapes do not fit, and both shapes", () => {
    const multiply = () => start().apply("matmul", ["x", "w"], PLAIN, "product");
    expect(multiply).toThrow(ShapeError);
    expect(multiply).toThrow("product (matmul): [2, 3] and [4, 3] cannot be multiplied: 3 columns against 4 rows.");
  });

  it("says how many inputs an operation takes", () => {
    expect(() => start().apply("add", ["x"] as never, {}, "sum")).toThrow("sum: add takes (a, b); got 1 inputs.");
    expect(() => start().apply("relu", ["x", "x"] as never, {})).toThrow(ProgramError);
    expect(() => start().apply("concat", [] as never, { axis: 0 })).toThrow(ProgramError);
    const update = { momentum: 0, weightDecay: 0, rate: 1 };
    expect(start().apply("sgdUpdate", ["w", "w", "w"], update)).toBe("sgdUpdate");
  });

  it("refuses names that are taken and names that are not there", () => {
    expect(() => start().input("w", [1])).toThrow('The program "test" already holds a value "w".');
    expect(() => start().variable("x", [1])).toThrow(ProgramError);
    expect(() => start().apply("relu", ["y"], {})).toThrow('The program "test" holds no value "y".');
    expect(() => start().output("y")).toThrow(ProgramError);
    expect(() => start().shape("y")).toThrow(ProgramError);
  });

  it("assigns to variables only, and values of their shape", () => {
    expect(() => start().assign("x", "w")).toThrow('"x" is no variable');
    expect(() => start().assign("w", "x")).toThrow(ShapeError);
    expect(() => start().assign("w", "x")).toThrow('"w" has shape [4, 3], but "x" has [2, 3]');
    expect(() => start().assign("w", "missing")).toThrow(ProgramError);
  });

  it("goes on from a program without changing it", () => {
    const first = start().build();
    const copy = structuredClone(first);
    const builder = programBuilder(first);
    builder.output(builder.apply("relu", ["x"], {}));
    expect(builder.build().operations).toHaveLength(1);
    expect(first).toEqual(copy);
  });

  it("gives a program that does not change when it goes on", () => {
    const builder = start();
    const first = builder.build();
    builder.output(builder.apply("relu", ["x"], {}));
    expect(first.operations).toEqual([]);
    expect(first.outputs).toEqual({});
  });
});
