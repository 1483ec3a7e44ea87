import { type OperationKernel, planes, type Thread, type Vector, type Volume } from "./kernel.js";

function biased(this: Thread, input: Volume, bias: Vector): number {
  return input[this.thread.z]![this.thread.y]![this.thread.x]! + bias[this.thread.y]!;
}

export const addBias: OperationKernel<"addBias"> = (run, [input, bias], { shape }) => {
  return run(biased, { output: planes(shape) }, [
    [input, planes(shape)],
    [bias, [shape[1]]],
  ]);
};

interface Extents {
  readonly images: number;
  readonly pixels: number;
}

/** Summed image by image: short sums round less than one long one. */
function sumOverImages(this: Thread<Extents>, gradient: Volume): number {
  let total = 0;
  for (let n = 0; n < this.constants.images; n++) {
    let sum = 0;
    for (let pixel = 0; pixel < this.constants.pixels; pixel++) {
      sum += gradient[n]![this.thread.x]![pixel]!;
    }
    total += sum;
  }
  return total;
}

export const biasGrad: OperationKernel<"biasGrad"> = (run, [gradient], _, [gradientShape]) => {
  const [pixels, channels, images] = planes(gradientShape);
  return run(sumOverImages, { output: [channels], integers: { images, pixels } }, [
    [gradient, [pixels, channels, images]],
  ]);
};
