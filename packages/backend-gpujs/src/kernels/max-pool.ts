import type { Shape4 } from "@alexnet/core";
import type { MaxPoolAttributes } from "@alexnet/core/program";
import { type OperationKernel, planes, type Thread, type Volume } from "./kernel.js";

interface Constants {
  readonly height: number;
  readonly width: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly windowHeight: number;
  readonly windowWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly top: number;
  readonly left: number;
}

function constants(image: Shape4, pooled: Shape4, { window, stride, padding }: MaxPoolAttributes): Constants {
  const [, , height, width] = image;
  const [, , outputHeight, outputWidth] = pooled;
  const [windowHeight, windowWidth] = window;
  const [strideY, strideX] = stride;
  const [top, left] = padding;
  return { height, width, outputHeight, outputWidth, windowHeight, windowWidth, strideY, strideX, top, left };
}

/** The largest value of a window; NaN counts as the largest. */
function maximum(this: Thread<Constants>, input: Volume): number {
  const row = Math.floor((this.thread.x + 0.25) / this.constants.outputWidth);
  const column = this.thread.x - row * this.constants.outputWidth;
  const top = row * this.constants.strideY - this.constants.top;
  const left = column * this.constants.strideX - this.constants.left;
  let largest = input[this.thread.z]![this.thread.y]![Math.max(top, 0) * this.constants.width + Math.max(left, 0)]!;
  for (let i = 0; i < this.constants.windowHeight; i++) {
    for (let j = 0; j < this.constants.windowWidth; j++) {
      const y = top + i;
      const x = left + j;
      if (y >= 0 && x >= 0 && y < this.constants.height && x < this.constants.width) {
        const value = input[this.thread.z]![this.thread.y]![y * this.constants.width + x]!;
        // biome-ignore lint/suspicious/noSelfCompare: gpu.js does not know Number.isNaN.
        if (value > largest || value !== value) {
          largest = value;
        }
      }
    }
  }
  return largest;
}

export const maxPool: OperationKernel<"maxPool"> = (run, [input], { attributes, shape }, [image]) =>
  run(maximum, { output: planes(shape), integers: { ...constants(image, shape, attributes) } }, [
    [input, planes(image)],
  ]);

/** Where in its window, counted in row-major order, the first maximum lies. */
function firstMaximum(this: Thread<Constants>, input: Volume): number {
  const row = Math.floor((this.thread.x + 0.25) / this.constants.outputWidth);
  const column = this.thread.x - row * this.constants.outputWidth;
  const top = row * this.constants.strideY - this.constants.top;
  const left = column * this.constants.strideX - this.constants.left;
  let largest = input[this.thread.z]![this.thread.y]![Math.max(top, 0) * this.constants.width + Math.max(left, 0)]!;
  let position = Math.max(-top, 0) * this.constants.windowWidth + Math.max(-left, 0);
  for (let i = 0; i < this.constants.windowHeight; i++) {
    for (let j = 0; j < this.constants.windowWidth; j++) {
      const y = top + i;
      const x = left + j;
      if (y >= 0 && x >= 0 && y < this.constants.height && x < this.constants.width) {
        const value = input[this.thread.z]![this.thread.y]![y * this.constants.width + x]!;
        // biome-ignore lint/suspicious/noSelfCompare: gpu.js does not know Number.isNaN.
        if (value > largest || (value !== value && largest === largest)) {
          largest = value;
          position = i * this.constants.windowWidth + j;
        }
      }
    }
  }
  return position;
}

/** Gathers for each value the gradients of the windows whose first maximum it is. */
function handedBack(this: Thread<Constants>, positions: Volume, gradient: Volume): number {
  const y = Math.floor((this.thread.x + 0.25) / this.constants.width);
  const down = y + this.constants.top;
  const right = this.thread.x - y * this.constants.width + this.constants.left;
  let sum = 0;
  for (let i = 0; i < this.constants.windowHeight; i++) {
    const row = Math.floor((down - i + 0.25) / this.constants.strideY);
    for (let j = 0; j < this.constants.windowWidth; j++) {
      const column = Math.floor((right - j + 0.25) / this.constants.strideX);
      if (row >= 0 && column >= 0 && row < this.constants.outputHeight && column < this.constants.outputWidth) {
        if (row * this.constants.strideY === down - i && column * this.constants.strideX === right - j) {
          const pooled = row * this.constants.outputWidth + column;
          if (positions[this.thread.z]![this.thread.y]![pooled]! === i * this.constants.windowWidth + j) {
            sum += gradient[this.thread.z]![this.thread.y]![pooled]!;
          }
        }
      }
    }
  }
  return sum;
}

export const maxPoolGrad: OperationKernel<"maxPoolGrad"> = async (
  run,
  [input, , gradient],
  operation,
  [image, pooled],
) => {
  const integers = { ...constants(image, pooled, operation.attributes) };
  const positions = await run(firstMaximum, { output: planes(pooled), integers }, [[input, planes(image)]]);
  return run(handedBack, { output: planes(image), integers }, [
    [positions, planes(pooled)],
    [gradient, planes(pooled)],
  ]);
};
