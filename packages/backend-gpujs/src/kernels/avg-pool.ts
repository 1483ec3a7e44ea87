import type { Shape4 } from "@alexnet/core";
import type { AvgPoolAttributes } from "@alexnet/core/program";
import { type OperationKernel, planes, type Thread, type Volume } from "./kernel.js";

interface Constants {
  readonly width: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly windowHeight: number;
  readonly windowWidth: number;
  readonly strideY: number;
  readonly strideX: number;
}

function constants(image: Shape4, pooled: Shape4, { window, stride }: AvgPoolAttributes): Constants {
  const [, , outputHeight, outputWidth] = pooled;
  const [windowHeight, windowWidth] = window;
  const [strideY, strideX] = stride;
  return { width: image[3], outputHeight, outputWidth, windowHeight, windowWidth, strideY, strideX };
}

function mean(this: Thread<Constants>, input: Volume): number {
  const row = Math.floor((this.thread.x + 0.25) / this.constants.outputWidth);
  const column = this.thread.x - row * this.constants.outputWidth;
  let sum = 0;
  for (let i = 0; i < this.constants.windowHeight; i++) {
    const line = (row * this.constants.strideY + i) * this.constants.width + column * this.constants.strideX;
    for (let j = 0; j < this.constants.windowWidth; j++) {
      sum += input[this.thread.z]![this.thread.y]![line + j]!;
    }
  }
  return sum / (this.constants.windowHeight * this.constants.windowWidth);
}

export const avgPool: OperationKernel<"avgPool"> = (run, [input], { attributes, shape }, [image]) =>
  run(mean, { output: planes(shape), integers: { ...constants(image, shape, attributes) } }, [[input, planes(image)]]);

/** Gathers for each value its share of the gradients of the windows that hold it. */
function shared(this: Thread<Constants>, gradient: Volume): number {
  const y = Math.floor((this.thread.x + 0.25) / this.constants.width);
  const x = this.thread.x - y * this.constants.width;
  let sum = 0;
  for (let i = 0; i < this.constants.windowHeight; i++) {
    const row = Math.floor((y - i + 0.25) / this.constants.strideY);
    for (let j = 0; j < this.constants.windowWidth; j++) {
      const column = Math.floor((x - j + 0.25) / this.constants.strideX);
      if (row >= 0 && column >= 0 && row < this.constants.outputHeight && column < this.constants.outputWidth) {
        if (row * this.constants.strideY === y - i && column * this.constants.strideX === x - j) {
          sum += gradient[this.thread.z]![this.thread.y]![row * this.constants.outputWidth + column]!;
        }
      }
    }
  }
  return sum / (this.constants.windowHeight * this.constants.windowWidth);
}

export const avgPoolGrad: OperationKernel<"avgPoolGrad"> = (run, [gradient], { attributes, shape }, [pooled]) =>
  run(shared, { output: planes(shape), integers: { ...constants(shape, pooled, attributes) } }, [
    [gradient, planes(pooled)],
  ]);
