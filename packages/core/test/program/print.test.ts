import { expect, it } from "vitest";
import { printProgram, programBuilder } from "../../src/program/index.js";

it("prints a program one line a value", () => {
  const builder = programBuilder("example");
  builder.input("images", [1, 2, 5, 5]);
  builder.input("rate", []);
  builder.variable("filter", [2, 1, 3, 3]);
  const attributes = { stride: [2, 2], padding: [1, 0, 1, 0], dilation: [1, 1], groups: 2 } as const;
  const convolved = builder.apply("conv2d", ["images", "filter"], attributes, "conv1");
  builder.output(builder.apply("relu", [convolved], {}), "result");
  builder.output("images");
  const update = { momentum: 1, weightDecay: 5e-4, rate: 1 };
  builder.assign("filter", builder.apply("sgdUpdate", ["filter", "filter", "filter", "rate"], update, "updated"));
  expect(printProgram(builder.build())).toMatchInlineSnapshot(`
    "program example
      input images [1, 2, 5, 5]
      input rate []
      variable filter [2, 1, 3, 3]
      conv1 = conv2d(images, filter) stride=[2,2] padding=[1,0,1,0] dilation=[1,1] groups=2 → [1, 2, 3, 2]
      relu = relu(conv1) → [1, 2, 3, 2]
      updated = sgdUpdate(filter, filter, filter, rate) momentum=1 weightDecay=0.0005 rate=1 → [2, 1, 3, 3]
      output result = relu
      output images = images
      filter ← updated
    "
  `);
});
