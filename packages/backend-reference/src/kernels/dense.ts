import { type Shape, sizeOf } from "@alexnet/core";
import { type Matrix, type One, type ReferenceKernel, sizeBetween, type Two } from "./kernel.js";

export const matmul: ReferenceKernel<"matmul"> = (inputs, { attributes, shape }, [aShape]) => {
  const [a, b] = inputs as Two;
  const { transposeA, transposeB } = attributes;
  const [rows, columns] = shape as Matrix;
  const [aRows, aColumns] = aShape as Matrix;
  const inner = transposeA ? aRows : aColumns;
  const left = (i: number, k: number): number => a[transposeA ? k * rows + i : i * inner + k]!;
  const product = new Float64Array(rows * columns);
  // Either order of the loops reads b along its rows.
  if (transposeB) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) sum += left(i, k) * b[j * inner + k]!;
        product[i * columns + j] = sum;
      }
    }
  } else {
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < inner; k++) {
        const factor = left(i, k);
        for (let j = 0; j < columns; j++) product[i * columns + j]! += factor * b[k * columns + j]!;
      }
    }
  }
  return product;
};

export const addBias: ReferenceKernel<"addBias"> = (inputs, { shape }) => {
  const [input, bias] = inputs as Two;
  const channels = shape[1] as number;
  const inner = sizeBetween(shape, 2);
  return input.map((value, index) => value + bias[Math.floor(index / inner) % channels]!);
};

export const biasGrad: ReferenceKernel<"biasGrad"> = (inputs, { shape }, [gradientShape]) => {
  const [gradient] = inputs as One;
  const sums = new Float64Array(sizeOf(shape));
  const inner = sizeBetween(gradientShape as Shape, 2);
  gradient.forEach((value, index) => {
    sums[Math.floor(index / inner) % sums.length]! += value;
  });
  return sums;
};
