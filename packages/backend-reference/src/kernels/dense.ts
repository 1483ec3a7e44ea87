import { sizeOf } from "@alexnet/core";
import { type ReferenceKernel, sizeBetween } from "./kernel.js";
import { addDots, addRows } from "./products.js";

export const matmul: ReferenceKernel<"matmul"> = ([a, b], { attributes, shape }, [aShape]) => {
  const { transposeA, transposeB } = attributes;
  const [rows, columns] = shape;
  const [aRows, aColumns] = aShape;
  const inner = transposeA ? aRows : aColumns;
  const product = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const [start, step] = transposeA ? [i, rows] : [i * inner, 1];
    // Either way b is read along its rows.
    if (transposeB) {
      const left = Float64Array.from({ length: inner }, (_, k) => a[start + k * step]!);
      addDots(product, i * columns, 1, left, 0, b, columns, inner);
    } else {
      addRows(product, i * columns, a, start, step, b, 0, inner, columns);
    }
  }
  return product;
};

export const addBias: ReferenceKernel<"addBias"> = ([input, bias], { shape }) => {
  const channels = shape[1];
  const inner = sizeBetween(shape, 2);
  return input.map((value, index) => value + bias[Math.floor(index / inner) % channels]!);
};

export const biasGrad: ReferenceKernel<"biasGrad"> = ([gradient], { shape }, [gradientShape]) => {
  const sums = new Float64Array(sizeOf(shape));
  const inner = sizeBetween(gradientShape, 2);
  gradient.forEach((value, index) => {
    sums[Math.floor(index / inner) % sums.length]! += value;
  });
  return sums;
};
