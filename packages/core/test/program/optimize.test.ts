import { describe, expect, it } from "vitest";
import { optimize, type Program, type ProgramBuilder, programBuilder } from "../../src/program/index.js";

function program(write: (builder: ProgramBuilder) => void): Program {
  const builder = programBuilder("test");
  builder.input("x", [2, 3]);
  builder.variable("v", [2, 3]);
  write(builder);
  return builder.build();
}

function lines({ operations }: Program): string[] {
  return operations.map(({ kind, inputs, output }) => `${output} = ${kind}(${inputs.join(", ")})`);
}

describe("optimize", () => {
  it("drops what no output and no assignment needs", () => {
    const before = program(({ apply, output, assign }) => {
      apply("tanh", [apply("relu", ["x"], {}, "unused")], {}, "unused2");
      output(apply("sigmoid", ["x"], {}, "kept"));
      assign("v", apply("scale", ["v"], { factor: 2 }, "assigned"));
    });
    expect(lines(optimize(before))).toEqual(["kept = sigmoid(x)", "assigned = scale(v)"]);
  });

  it("computes equal operations on equal inputs once, however far up they become equal", () => {
    const before = program(({ apply, output }) => {
      const [a, b] = ["a", "b"].map((name) => apply("relu", ["x"], {}, name)) as [string, string];
      output(apply("add", [apply("tanh", [a], {}, "ta"), apply("tanh", [b], {}, "tb")], {}, "sum"));
    });
    expect(lines(optimize(before))).toEqual(["a = relu(x)", "ta = tanh(a)", "sum = add(ta, ta)"]);
  });

  it("keeps operations that differ in kind, inputs, their order or attributes", () => {
    const before = program(({ apply, output }) => {
      for (const factor of [2, 3]) output(apply("scale", ["x"], { factor }));
      output(apply("relu", ["x"], {}));
      output(apply("relu", ["v"], {}));
      output(apply("reluGrad", ["x", "v"], {}));
      output(apply("reluGrad", ["v", "x"], {}));
    });
    expect(optimize(before)).toEqual(before);
  });

  it("drops reshapes that change nothing, and keeps the others", () => {
    const before = program(({ apply, output }) => {
      const same = apply("reshape", ["x"], { shape: [2, 3] }, "same");
      output(apply("reshape", [same], { shape: [3, 2] }, "other"));
    });
    expect(lines(optimize(before))).toEqual(["other = reshape(x)"]);
  });

  it("keeps every output and assignment under its name, though it may be another value now", () => {
    const before = program(({ apply, output, assign }) => {
      output(apply("reshape", ["x"], { shape: [2, 3] }, "same"));
      output(apply("relu", ["x"], {}, "one"));
      output(apply("relu", ["x"], {}, "two"));
      assign("v", "same");
    });
    const after = optimize(before);
    expect(after.outputs).toEqual({ same: "x", one: "one", two: "one" });
    expect(after.assignments).toEqual({ v: "x" });
  });

  it("keeps inputs and variables that nothing reads: what must be fed does not change", () => {
    const after = optimize(program(() => {}));
    expect(after.inputs).toEqual({ x: [2, 3] });
    expect(after.variables).toEqual({ v: [2, 3] });
  });

  it("finds nothing more to do the second time", () => {
    const before = program(({ apply, output }) => {
      const same = apply("reshape", ["x"], { shape: [2, 3] });
      output(apply("add", [apply("relu", [same], {}), apply("relu", ["x"], {})], {}));
    });
    const once = optimize(before);
    expect(optimize(once)).toEqual(once);
  });

  describe("with a ReLU before a max-pooling", () => {
    const settings = { window: [2, 2], stride: [1, 1], padding: [0, 0, 0, 0] } as const;
    const pooled = (more: (builder: ProgramBuilder) => void = () => {}): readonly string[] => {
      const builder = programBuilder("pooled");
      builder.input("x", [1, 2, 3, 3]);
      builder.input("g", [1, 2, 2, 2]);
      builder.output(builder.apply("maxPool", [builder.apply("relu", ["x"], {}, "r")], settings, "p"));
      const spread = builder.apply("maxPoolGrad", ["r", "p", "g"], settings, "spread");
      builder.output(builder.apply("reluGrad", ["r", spread], {}, "gradient"));
      more(builder);
      return lines(optimize(builder.build()));
    };

    it("pools first, and so back", () => {
      expect(pooled()).toEqual([
        "p of x = maxPool(x)",
        "p = relu(p of x)",
        "spread of p = reluGrad(p, g)",
        "gradient = maxPoolGrad(x, p of x, spread of p)",
      ]);
    });

    it("takes no name that a variable has", () => {
      const [pool] = pooled(({ variable, output }) => output(variable("p of x", [2, 3])));
      expect(pool).toBe("p of x' = maxPool(x)");
    });

    it.each<[string, (builder: ProgramBuilder) => void]>([
      ["the output of the ReLU is given out", ({ output }) => output("r", "out")],
      ["somebody else reads it", ({ apply, output }) => output(apply("tanh", ["r"], {}))],
      ["the spread gradient is given out", ({ output }) => output("spread", "out")],
      [
        "it is pooled in two ways",
        ({ apply, output }) => output(apply("maxPool", ["r"], { ...settings, stride: [2, 2] })),
      ],
    ])("leaves it where %s", (_, more) => {
      expect(pooled(more).slice(0, 3)).toEqual(["r = relu(x)", "p = maxPool(r)", "spread = maxPoolGrad(r, p, g)"]);
    });
  });

  it("does not change the program it is given", () => {
    const before = program(({ apply, output }) => output(apply("reshape", ["x"], { shape: [2, 3] })));
    const copy = structuredClone(before);
    optimize(before);
    expect(before).toEqual(copy);
  });
});
