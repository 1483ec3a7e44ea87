import { describe, expect, it } from "vitest";
import { type Shape, ShapeError } from "../../src/index.js";
import {
  type InputsOf,
  type OperationAttributes,
  type OperationKind,
  operationKinds,
} from "../../src/program/index.js";
import { definitionOf } from "../../src/program/operations/index.js";

function shape<Kind extends OperationKind>(
  kind: Kind,
  inputs: InputsOf<Kind, Shape>,
  attributes: OperationAttributes[Kind],
) {
  return definitionOf(kind).shape(inputs, attributes);
}

const CONV = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 } as const;
const POOL = { window: [3, 3], stride: [2, 2], padding: [0, 0, 0, 0] } as const;
const LRN = { size: 5, k: 2, alpha: 1e-4, beta: 0.75 };
const SGD = { momentum: 0, weightDecay: 0, rate: 1 };

describe("the operations", () => {
  it("name their inputs, which are as many as they take", () => {
    for (const kind of operationKinds) expect(definitionOf(kind).inputs.length).toBeGreaterThan(0);
  });

  it("have gradients, all but the gradients themselves, softmax, the loss and the updates", () => {
    const without = operationKinds.filter((kind) => !definitionOf(kind).gradient);
    expect(without.filter((kind) => !/Grad(Input|Filter)?$/.test(kind))).toEqual([
      "softmax",
      "softmaxCrossEntropy",
      "sgdUpdate",
      "adamUpdate",
    ]);
  });
});

describe("window positions", () => {
  it("round down and count padding, dilation and stride of each axis", () => {
    const of = (attributes: Partial<OperationAttributes["conv2d"]>) =>
      shape(
        "conv2d",
        [
          [1, 1, 11, 10],
          [1, 1, 3, 3],
        ],
        { ...CONV, ...attributes },
      ).slice(2);
    expect(of({})).toEqual([9, 8]);
    expect(of({ stride: [4, 3] })).toEqual([3, 3]);
    expect(of({ padding: [1, 0, 0, 2] })).toEqual([10, 10]);
    expect(of({ dilation: [2, 4] })).toEqual([7, 2]);
    expect(of({ stride: [2, 2], padding: [2, 2, 2, 2], dilation: [3, 3] })).toEqual([5, 4]);
  });
});

describe("a gradient of a convolution", () => {
  it("has the shape of what it is the gradient of, also where the stride leaves rows over", () => {
    const attributes = { ...CONV, stride: [4, 4], groups: 2 } as const;
    const [input, filter]: Shape[] = [
      [2, 4, 12, 13],
      [6, 2, 3, 3],
    ];
    const output = shape("conv2d", [input as Shape, filter as Shape], attributes);
    expect(output).toEqual([2, 6, 3, 3]);
    expect(shape("conv2dGradInput", [output, filter as Shape], { ...attributes, inputSize: [12, 13] })).toEqual(input);
    expect(shape("conv2dGradFilter", [input as Shape, output], { ...attributes, filterSize: [3, 3] })).toEqual(filter);
  });

  it("is refused for a size that does not lead to the given gradient", () => {
    const attributes = { ...CONV, inputSize: [9, 9] } as const;
    expect(() =>
      shape(
        "conv2dGradInput",
        [
          [1, 1, 3, 3],
          [1, 1, 3, 3],
        ],
        attributes,
      ),
    ).toThrow("the gradient must have shape [1, 1, 7, 7]; got [1, 1, 3, 3].");
  });
});

describe("shapes that do not fit", () => {
  it.each<[OperationKind, Shape[], unknown, string | RegExp]>([
    [
      "conv2d",
      [
        [1, 3, 8],
        [1, 3, 3, 3],
      ],
      CONV,
      "the input must have 4 axes; got [1, 3, 8].",
    ],
    ["conv2d", [[1, 3, 8, 8], [9]], CONV, "the filter must have 4 axes; got [9]."],
    [
      "conv2d",
      [
        [1, 3, 8, 8],
        [4, 2, 3, 3],
      ],
      CONV,
      /\[4, 2, 3, 3\] takes 2 channels, but the input \[1, 3, 8, 8\] offers 3/,
    ],
    ["maxPool", [[1, 3, 2, 8]], POOL, /window of 3x3 .*image of 2x8/],
    [
      "maxPoolGrad",
      [
        [1, 1, 5, 5],
        [1, 1, 2, 2],
        [1, 1, 3, 3],
      ],
      POOL,
      /\[1, 1, 2, 2\] and \[1, 1, 3, 3\]/,
    ],
    [
      "maxPoolGrad",
      [
        [1, 1, 5, 5],
        [1, 1, 3, 3],
        [1, 1, 3, 3],
      ],
      POOL,
      /\[1, 1, 2, 2\]; got \[1, 1, 3, 3\]/,
    ],
    ["avgPool", [[1, 1, 2, 2]], { window: [3, 3], stride: [1, 1] }, /does not fit/],
    [
      "avgPoolGrad",
      [[1, 1, 2, 2]],
      { window: [2, 2], stride: [2, 2], inputSize: [7, 7] },
      /\[1, 1, 3, 3\].*\[1, 1, 2, 2\]/,
    ],
    ["lrn", [[1, 3]], LRN, "the input must have 4 axes; got [1, 3]."],
    ["lrn", [[1, 3, 1, 1]], { ...LRN, size: 4 }, "the number of neighboring channels must be odd; got 4."],
    [
      "lrnGrad",
      [
        [1, 3, 1, 1],
        [1, 3, 1, 1],
        [1, 3, 1, 2],
      ],
      LRN,
      /\[1, 3, 1, 1\] and \[1, 3, 1, 2\]/,
    ],
    ["reluGrad", [[2], [3]], {}, /\[2\] and \[3\]/],
    [
      "matmul",
      [
        [2, 3],
        [2, 3],
      ],
      { transposeA: true, transposeB: true },
      /2 columns|3 rows|cannot be multiplied/,
    ],
    [
      "matmul",
      [
        [2, 3, 4],
        [4, 2],
      ],
      { transposeA: false, transposeB: false },
      /left matrix must have 2 axes/,
    ],
    ["addBias", [[2, 3], [2]], {}, "the bias must have shape [3]; got [2]."],
    ["addBias", [[3], [3]], {}, /must have a channel axis; got \[3\]/],
    ["biasGrad", [[3]], {}, /must have a channel axis/],
    [
      "multiply",
      [
        [2, 3],
        [3, 2],
      ],
      {},
      "the factors must have one shape, but have [2, 3] and [3, 2].",
    ],
    ["add", [[2], []], {}, "the summands must have one shape, but have [2] and []."],
    ["reshape", [[2, 3]], { shape: [4] }, "[2, 3] holds 6 values, [4] 4."],
    [
      "concat",
      [
        [2, 3],
        [2, 4, 1],
      ],
      { axis: 1 },
      /\[2, 3\] and \[2, 4, 1\] differ/,
    ],
    [
      "concat",
      [
        [2, 3],
        [3, 3],
      ],
      { axis: 1 },
      "[2, 3] and [3, 3] differ in more than axis 1.",
    ],
    ["concat", [[2, 3]], { axis: 2 }, "[2, 3] has no axis 2."],
    ["slice", [[2, 3]], { axis: 1, start: 1, end: 4 }, "[1, 4) is no part of axis 1 of [2, 3]."],
    ["slice", [[2, 3]], { axis: 1, start: 2, end: 2 }, /no part/],
    ["sliceGrad", [[2, 3]], { axis: 1, start: 1, extent: 3 }, "[2, 3] at 1 does not fit into 3 along axis 1."],
    ["softmax", [[2]], {}, "the logits must have 2 axes; got [2]."],
    [
      "softmaxCrossEntropy",
      [
        [2, 3],
        [2, 4],
      ],
      {},
      /\[2, 3\] and \[2, 4\]/,
    ],
    ["softmaxCrossEntropyGrad", [[2, 3], [3]], {}, /\[2, 3\] and \[3\]/],
    ["sgdUpdate", [[2], [2], [3]], SGD, /\[2\] and \[3\]/],
    ["sgdUpdate", [[2], [2], [2], [1]], SGD, "the learning rate must have shape []; got [1]."],
  ])("%s of %j with %j", (kind, inputs, attributes, message) => {
    const apply = () => shape(kind, inputs as never, attributes as never);
    expect(apply).toThrow(ShapeError);
    expect(apply).toThrow(message);
  });
});
