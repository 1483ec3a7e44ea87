import type { Shape, Tensor } from "@alexnet/core";
import type { OperationAttributes } from "@alexnet/core/program";
import { describe, expect, it } from "vitest";
import { apply, counting, gradientError, random, tensor64 } from "./helpers.js";

type Attributes = OperationAttributes["conv2d"];

const PLAIN: Attributes = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };

const AWKWARD: readonly { name: string; input: Shape; filter: Shape; attributes: Attributes }[] = [
  { name: "stride 4 with a remainder", input: [1, 2, 11, 10], filter: [2, 2, 3, 3], attributes: { stride: [4, 4] } },
  {
    name: "stride 4 with padding 2",
    input: [1, 1, 14, 13],
    filter: [2, 1, 7, 7],
    attributes: { stride: [4, 4], padding: [2, 2, 2, 2] },
  },
  { name: "padding on one side", input: [2, 2, 5, 6], filter: [3, 2, 3, 3], attributes: { padding: [2, 0, 0, 1] } },
  {
    name: "another padding on each side",
    input: [1, 2, 4, 5],
    filter: [2, 2, 4, 3],
    attributes: { padding: [1, 2, 3, 0] },
  },
  {
    name: "padding wider than the filter",
    input: [1, 1, 3, 3],
    filter: [1, 1, 2, 2],
    attributes: { padding: [3, 4, 3, 4] },
  },
  { name: "two groups", input: [2, 4, 4, 5], filter: [6, 2, 3, 3], attributes: { groups: 2, padding: [1, 1, 1, 1] } },
  { name: "a group for each channel", input: [1, 3, 4, 4], filter: [6, 1, 2, 2], attributes: { groups: 3 } },
  { name: "dilation 2", input: [1, 2, 7, 8], filter: [2, 2, 3, 3], attributes: { dilation: [2, 2] } },
  {
    name: "dilation, stride, padding and groups at once, other ones along height and width",
    input: [2, 4, 9, 8],
    filter: [4, 2, 3, 2],
    attributes: { stride: [2, 3], padding: [2, 1, 1, 2], dilation: [2, 3], groups: 2 },
  },
  { name: "1x1 images", input: [2, 3, 1, 1], filter: [4, 3, 1, 1], attributes: {} },
  {
    name: "1x1 images under a padded 3x3 filter",
    input: [2, 2, 1, 1],
    filter: [2, 2, 3, 3],
    attributes: { padding: [1, 1, 1, 1] },
  },
  { name: "a filter as large as the image", input: [2, 2, 4, 3], filter: [3, 2, 4, 3], attributes: {} },
].map(({ attributes, ...rest }) => ({ ...rest, attributes: { ...PLAIN, ...(attributes as Partial<Attributes>) } }));

/** The definition, value by value. */
function byDefinition(
  input: Tensor,
  filter: Tensor,
  [, outputs, height, width]: Shape,
  attributes: Attributes,
): number[] {
  const { stride, padding, dilation, groups } = attributes;
  const [batch, , rows, columns] = input.shape as [number, number, number, number];
  const [, channels, filterRows, filterColumns] = filter.shape as [number, number, number, number];
  const pixel = (n: number, c: number, y: number, x: number): number =>
    y < 0 || y >= rows || x < 0 || x >= columns
      ? 0
      : (input.data[((n * channels * groups + c) * rows + y) * columns + x] as number);
  const values: number[] = [];
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < (outputs as number); o++)
      for (let y = 0; y < (height as number); y++)
        for (let x = 0; x < (width as number); x++) {
          const group = Math.floor((o * groups) / (outputs as number));
          let sum = 0;
          for (let tap = 0; tap < channels * filterRows * filterColumns; tap++) {
            const kx = tap % filterColumns;
            const ky = Math.floor(tap / filterColumns) % filterRows;
            const c = Math.floor(tap / filterColumns / filterRows);
            sum +=
              (filter.data[o * channels * filterRows * filterColumns + tap] as number) *
              pixel(
                n,
                group * channels + c,
                y * stride[0] + ky * dilation[0] - padding[0],
                x * stride[1] + kx * dilation[1] - padding[1],
              );
          }
          values.push(sum);
        }
  return values;
}

describe("conv2d", () => {
  it("slides the filter over the image without turning it", async () => {
    const image = counting([1, 1, 3, 3]);
    const filter = tensor64([1, 1, 2, 2], [1, 10, 100, 1000]);
    const result = await apply("conv2d", [image, filter], PLAIN);
    expect(result).toEqual(tensor64([1, 1, 2, 2], [5421, 6532, 8754, 9865]));
  });

  it("takes what is around the image as zeros", async () => {
    const image = counting([1, 1, 2, 2]);
    const filter = tensor64([1, 1, 2, 2], [1, 10, 100, 1000]);
    const result = await apply("conv2d", [image, filter], { ...PLAIN, padding: [1, 0, 0, 1] });
    expect(result).toEqual(tensor64([1, 1, 2, 2], [2100, 200, 4321, 402]));
  });

  it("adds up the channels of each group alone", async () => {
    const image = tensor64([1, 4, 1, 1], [1, 2, 3, 4]);
    const filter = tensor64([2, 2, 1, 1], [1, 10, 100, 1000]);
    const result = await apply("conv2d", [image, filter], { ...PLAIN, groups: 2 });
    expect(result.data).toEqual(Float64Array.of(21, 4300));
  });

  it("leaves out the rows and columns that a stride does not reach", async () => {
    const image = counting([1, 1, 4, 5], 0);
    const result = await apply("conv2d", [image, tensor64([1, 1, 1, 1], [1])], { ...PLAIN, stride: [3, 2] });
    expect(result).toEqual(tensor64([1, 1, 2, 3], [0, 2, 4, 15, 17, 19]));
  });

  it("spaces the taps of a dilated filter", async () => {
    const image = counting([1, 1, 1, 5]);
    const filter = tensor64([1, 1, 1, 2], [1, 10]);
    const result = await apply("conv2d", [image, filter], { ...PLAIN, dilation: [1, 3] });
    expect(result.data).toEqual(Float64Array.of(41, 52));
  });

  it.each(AWKWARD)("follows its definition with $name", async ({ input, filter, attributes }) => {
    const operands = [random("input", input), random("filter", filter)] as const;
    const result = await apply("conv2d", operands, attributes);
    const expected = byDefinition(...operands, result.shape, attributes);
    expect(result.data).toHaveLength(expected.length);
    expected.forEach((value, index) => {
      expect(result.data[index]).toBeCloseTo(value, 13);
    });
  });

  it.each(AWKWARD)("has the gradients of finite differences with $name", async ({ input, filter, attributes }) => {
    const inputs = { input: random("input", input), filter: random("filter", filter) };
    const error = await gradientError(inputs, ({ apply }) => apply("conv2d", ["input", "filter"], attributes));
    expect(error).toBeLessThan(1e-6);
  });
});
