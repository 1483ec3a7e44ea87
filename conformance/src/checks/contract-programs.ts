import { sizeOf, type Tensor, type TensorMap, tensor } from "@alexnet/core";
import { type Program, programBuilder } from "@alexnet/core/program";

/** The program that `write` writes. */
function written(name: string, write: (builder: ReturnType<typeof programBuilder>) => void): Program {
  const builder = programBuilder(name);
  write(builder);
  return builder.build();
}

export const SHAPE = [2, 3] as const;

/** One sum under two names, a variable, and what was fed, also under a name that means something else inside. */
export const naming = written("outputs", (builder) => {
  const [total, x] = [builder.variable("total", SHAPE), builder.input("x", SHAPE)];
  const sum = builder.apply("add", [total, x], {}, "sum");
  builder.output(sum, "one");
  builder.output(sum, "other");
  builder.output(total, "variable");
  builder.output(x, "fed");
  builder.output(sum, "x");
});

export const rotating = written("rotate", (builder) => {
  for (const name of ["a", "b", "c", "d", "e"]) builder.variable(name, SHAPE);
  builder.assign("a", "b");
  builder.assign("b", "a");
  builder.assign("c", "d");
  builder.assign("d", "e");
  builder.assign("e", "c");
});

/** Two variables take one value, and a third what was fed. */
export const sharing = written("share", (builder) => {
  const sum = builder.apply("add", [builder.variable("a", SHAPE), builder.input("x", SHAPE)], {});
  builder.variable("b", SHAPE);
  builder.variable("c", SHAPE);
  builder.assign("a", sum);
  builder.assign("b", sum);
  builder.assign("c", "x");
});

export const addingToA = written("add to a", (builder) => {
  builder.assign(builder.variable("a", SHAPE), builder.apply("add", ["a", builder.input("x", SHAPE)], {}));
});

/** Every operation that weights go into. It assigns nothing, so an engine may lay them out beforehand. */
export const inferring = written("infer", (builder) => {
  const images = builder.input("images", [1, 1, 2, 2]);
  const filter = builder.variable("filter", [2, 1, 2, 2]);
  const weight = builder.variable("weight", [3, 2]);
  const bias = builder.variable("bias", [3]);
  const attributes = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 } as const;
  const convolved = builder.apply("conv2d", [images, filter], attributes);
  const row = builder.apply("reshape", [convolved], { shape: [1, 2] });
  const product = builder.apply("matmul", [row, weight], { transposeA: false, transposeB: true });
  builder.output(builder.apply("addBias", [product, bias], {}), "y");
});

/** Moves every weight by what is fed. */
export const learning = written("learn", (builder) => {
  const shapes = { filter: [2, 1, 2, 2], weight: [3, 2], bias: [3] };
  for (const [name, shape] of Object.entries(shapes)) {
    const sum = builder.apply("add", [builder.variable(name, shape), builder.input(`d${name}`, shape)], {});
    builder.assign(name, sum);
  }
});

export const filled = (shape: readonly number[], value: number): Tensor =>
  tensor(shape, new Array(sizeOf(shape)).fill(value));

export const WEIGHTS: TensorMap = { filter: filled([2, 1, 2, 2], 1), weight: filled([3, 2], 1), bias: filled([3], 0) };
export const STEP: TensorMap = { dfilter: filled([2, 1, 2, 2], 1), dweight: filled([3, 2], 1), dbias: filled([3], 1) };
export const IMAGES: TensorMap = { images: filled([1, 1, 2, 2], 1) };

/** What is fed, and a value made of it, are read twice, the first time by an operation that could be done in place. */
export const rectifying = written("rectify", (builder) => {
  const x = builder.input("x", SHAPE);
  const halved = builder.apply("scale", [x], { factor: 0.5 });
  builder.output(builder.apply("relu", [x], {}), "rectified");
  builder.output(builder.apply("scale", [x], { factor: 2 }), "doubled");
  builder.output(builder.apply("relu", [halved], {}), "half rectified");
  builder.output(builder.apply("scale", [halved], { factor: 2 }), "whole");
});
