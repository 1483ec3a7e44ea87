import type { Tensor } from "@alexnet/core";

/** What the values of a tensor are like. Those that are NaN or infinite count in none of the other figures. */
export interface TensorStatistics {
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  /** Root of the mean squared distance to the mean. */
  readonly deviation: number;
  readonly nan: number;
  readonly infinite: number;
}

/** Looks at every value of a tensor, twice. Of one without finite values the figures are NaN. */
export function tensorStatistics({ data }: Tensor): TensorStatistics {
  let [minimum, maximum, sum, nan, infinite] = [Infinity, -Infinity, 0, 0, 0];
  for (let index = 0; index < data.length; index++) {
    const value = data[index]!;
    if (value - value === 0) {
      sum += value;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    } else if (Number.isNaN(value)) nan++;
    else infinite++;
  }
  const count = data.length - nan - infinite;
  if (count === 0) return { minimum: NaN, maximum: NaN, mean: NaN, deviation: NaN, nan, infinite };
  const mean = sum / count;
  let squares = 0;
  for (let index = 0; index < data.length; index++) {
    const distance = data[index]! - mean;
    if (distance - distance === 0) squares += distance * distance;
  }
  return { minimum, maximum, mean, deviation: Math.sqrt(squares / count), nan, infinite };
}
