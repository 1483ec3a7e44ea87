import type { Shape4 } from "../tensor.js";
import type { AdaptiveAvgPoolLayer } from "./layer.js";
import type { LayerContext } from "./layer-context.js";

/**
 * Adaptive average pooling as PyTorch defines it: output pixel `i` of `n` averages the input from `floor(i · size / n)`
 * to `ceil((i + 1) · size / n)`. Where the windows are all alike this is one ordinary pooling, or nothing at all; else
 * each axis is cut into its windows, and the average of the averages along both is the average of the rectangle.
 */
export function lowerAdaptiveAvgPool(
  layer: AdaptiveAvgPoolLayer,
  [, , height, width]: Shape4,
  { input, apply }: LayerContext,
): string {
  const { name, outputSize } = layer;
  if (height === outputSize[0] && width === outputSize[1]) return input;
  if (height % outputSize[0] === 0 && width % outputSize[1] === 0) {
    const window = [height / outputSize[0], width / outputSize[1]] as const;
    return apply("avgPool", [input], { window, stride: window }, name);
  }

  const along = (axis: 2 | 3, size: number, count: number, source: string, output: string): string => {
    const [first = source, ...others] = windows(size, count).map(([start, end], position) => {
      const part = apply("slice", [source], { axis, start, end }, `${output}.part${position + 1}`);
      const window = axis === 2 ? ([end - start, 1] as const) : ([1, end - start] as const);
      return apply("avgPool", [part], { window, stride: window }, `${output}.mean${position + 1}`);
    });
    return apply("concat", [first, ...others], { axis }, output);
  };
  const rows = along(2, height, outputSize[0], input, `${name}.rows`);
  return along(3, width, outputSize[1], rows, name);
}

function windows(size: number, count: number): readonly (readonly [start: number, end: number])[] {
  return Array.from({ length: count }, (_, position) => [
    Math.floor((position * size) / count),
    Math.ceil(((position + 1) * size) / count),
  ]);
}
