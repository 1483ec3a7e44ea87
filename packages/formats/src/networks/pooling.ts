import type { MaxPoolLayer } from "@alexnet/core";

type Padding = MaxPoolLayer["padding"];
type Pair = MaxPoolLayer["window"];

/**
 * The padding that makes a pooling whose output size is rounded up one whose size is rounded down, as ours are: windows that
 * start inside of the padded image are whole. `size` is that of the image.
 */
export function roundedUp(size: Pair, window: Pair, stride: Pair, [top, left, bottom, right]: Padding): Padding {
  const more = (axis: 0 | 1, before: number, after: number): number => {
    const free = size[axis] + before + after - window[axis];
    let steps = Math.ceil(free / stride[axis]);
    // A window that would start in the padding behind the image is not there (Caffe and PyTorch alike).
    if (steps * stride[axis] >= size[axis] + before) steps--;
    return Math.max(after, after + steps * stride[axis] - free);
  };
  return [top, left, more(0, top, bottom), more(1, left, right)];
}

/** TensorFlow's padding "same": as many windows as strides fit, what is odd going below and to the right. */
export function samePadding(size: Pair, window: Pair, stride: Pair): Padding {
  const of = (axis: 0 | 1): readonly [before: number, after: number] => {
    const total = Math.max((Math.ceil(size[axis] / stride[axis]) - 1) * stride[axis] + window[axis] - size[axis], 0);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  };
  const [top, bottom] = of(0);
  const [left, right] = of(1);
  return [top, left, bottom, right];
}
