import { describe, expect, it } from "vitest";
import { ProgramError } from "../../src/index.js";
import { differentiate, type Program, programBuilder } from "../../src/program/index.js";

/** Two dense layers with a relu between them, `[2, 3]` to `[2, 2]`, and their loss. */
function twoLayers(): Program {
  const builder = programBuilder("two layers");
  builder.input("x", [2, 3]);
  builder.input("labels", [2, 2]);
  builder.variable("w1", [4, 3]);
  builder.variable("w2", [2, 4]);
  const multiplied = { transposeA: false, transposeB: true };
  const hidden = builder.apply("relu", [builder.apply("matmul", ["x", "w1"], multiplied, "h1")], {}, "h2");
  const logits = builder.apply("matmul", [hidden, "w2"], multiplied, "logits");
  builder.output(builder.apply("softmaxCrossEntropy", [logits, "labels"], {}, "loss"));
  return builder.build();
}

/** The operations added, as text. */
function added(program: Program, differentiated: Program): string[] {
  return differentiated.operations
    .slice(program.operations.length)
    .map(({ kind, inputs, output }) => `${output} = ${kind}(${inputs.join(", ")})`);
}

describe("differentiate", () => {
  it("appends the gradients, last operation first, and leaves the program as it was", () => {
    const program = twoLayers();
    const { program: differentiated, gradients } = differentiate(program, "loss", ["w1", "w2"]);
    expect(differentiated.operations.slice(0, program.operations.length)).toEqual(program.operations);
    expect(differentiated).toMatchObject({ inputs: program.inputs, outputs: program.outputs });
    expect(added(program, differentiated)).toEqual([
      "logits.gradient = softmaxCrossEntropyGrad(logits, labels)",
      "logits.matmul = matmul(logits.gradient, w2)",
      "logits.matmul#2 = matmul(logits.gradient, h2)",
      "h2.reluGrad = reluGrad(h2, logits.matmul)",
      "h1.matmul = matmul(h2.reluGrad, x)",
    ]);
    expect([...gradients]).toEqual([
      ["w1", "h1.matmul"],
      ["w2", "logits.matmul#2"],
    ]);
  });

  it("computes only what the wanted gradients need", () => {
    const program = twoLayers();
    expect(added(program, differentiate(program, "loss", ["w2"]).program)).toEqual([
      "logits.gradient = softmaxCrossEntropyGrad(logits, labels)",
      "logits.matmul = matmul(logits.gradient, h2)",
    ]);
  });

  it("adds up nothing for a value whose gradient nobody wants", () => {
    const builder = programBuilder("shift");
    for (const name of ["x", "shift", "labels"]) builder.input(name, [1, 2]);
    const once = builder.apply("add", ["x", "shift"], {}, "once");
    const twice = builder.apply("add", [builder.apply("relu", [once], {}, "cut"), "shift"], {}, "twice");
    builder.apply("softmaxCrossEntropy", [twice, "labels"], {}, "loss");
    const program = builder.build();
    const first = "twice.gradient = softmaxCrossEntropyGrad(twice, labels)";
    expect(added(program, differentiate(program, "loss", ["x"]).program)).toEqual([
      first,
      "cut.reluGrad = reluGrad(cut, twice.gradient)",
    ]);
    expect(added(program, differentiate(program, "loss", ["twice"]).program)).toEqual([first]);
  });

  it("finds gradients of inputs and of values on the way", () => {
    const program = twoLayers();
    const { gradients } = differentiate(program, "loss", ["x", "h2", "logits"]);
    expect([...gradients]).toEqual([
      ["x", "h1.matmul"],
      ["h2", "logits.matmul"],
      ["logits", "logits.gradient"],
    ]);
  });

  it("gives every gradient the shape of what it is the gradient of", () => {
    const wanted = ["x", "w1", "w2", "h1", "h2"];
    const { program, gradients } = differentiate(twoLayers(), "loss", wanted);
    const shapes = programBuilder(program);
    for (const name of wanted) expect(shapes.shape(gradients.get(name) as string)).toEqual(shapes.shape(name));
  });

  it("adds up the contributions of every use of a value", () => {
    const builder = programBuilder("shared");
    builder.input("x", [1, 2]);
    builder.input("labels", [1, 2]);
    const squared = builder.apply("multiply", ["x", "x"], {}, "squared");
    const logits = builder.apply("add", [squared, "x"], {}, "logits");
    builder.apply("softmaxCrossEntropy", [logits, "labels"], {}, "loss");
    const program = builder.build();
    const { program: differentiated, gradients } = differentiate(program, "loss", ["x"]);
    expect(added(program, differentiated)).toEqual([
      "logits.gradient = softmaxCrossEntropyGrad(logits, labels)",
      "squared.multiply = multiply(logits.gradient, x)",
      "squared.multiply#2 = multiply(logits.gradient, x)",
      "x.gradientSum = add(logits.gradient, squared.multiply)",
      "x.gradientSum#2 = add(x.gradientSum, squared.multiply#2)",
    ]);
    expect(gradients.get("x")).toBe("x.gradientSum#2");
  });

  it("starts from a loss only", () => {
    expect(() => differentiate(twoLayers(), "logits", ["w1"])).toThrow(ProgramError);
    expect(() => differentiate(twoLayers(), "logits", ["w1"])).toThrow(
      '"logits" cannot be differentiated: a loss is made by softmaxCrossEntropy.',
    );
    expect(() => differentiate(twoLayers(), "nothing", ["w1"])).toThrow(ProgramError);
  });

  it("refuses what the loss does not depend on", () => {
    const builder = programBuilder(twoLayers());
    builder.variable("idle", [1]);
    builder.apply("relu", ["loss"], {}, "after");
    const program = builder.build();
    for (const name of ["idle", "after", "nowhere"]) {
      expect(() => differentiate(program, "loss", ["w1", name])).toThrow(ProgramError);
      expect(() => differentiate(program, "loss", ["w1", name])).toThrow(
        `The loss "loss" does not depend on "${name}".`,
      );
    }
  });

  it("refuses to pass through an operation without a gradient", () => {
    const builder = programBuilder("softmax");
    builder.input("x", [1, 2]);
    builder.input("labels", [1, 2]);
    builder.apply("softmaxCrossEntropy", [builder.apply("softmax", ["x"], {}), "labels"], {}, "loss");
    expect(() => differentiate(builder.build(), "loss", ["x"])).toThrow(
      '"softmax" cannot be differentiated: softmax has no gradient rule.',
    );
  });

  it("refuses labels that depend on what the gradient is for, rather than leave out their part", () => {
    const builder = programBuilder("moving labels");
    builder.input("x", [1, 2]);
    builder.apply("softmaxCrossEntropy", ["x", builder.apply("scale", ["x"], { factor: 2 }, "labels")], {}, "loss");
    expect(() => differentiate(builder.build(), "loss", ["x"])).toThrow('The labels "labels" of "loss" depend on');
  });
});
