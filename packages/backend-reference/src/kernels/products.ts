/*
 * The two loops that nearly all the time goes into, for rows that lie one after the other in `matrix`. Four rows at once:
 * what is shared between them is then loaded once, and no sum waits for the one before it.
 */

/** `target[start + j · step] += vector · row j`, for the first `rows` rows of `length` values each. */
export function addDots(
  target: Float64Array,
  start: number,
  step: number,
  vector: Float64Array,
  vectorStart: number,
  matrix: Float64Array,
  rows: number,
  length: number,
): void {
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    let first = 0;
    let second = 0;
    let third = 0;
    let fourth = 0;
    const a = row * length;
    const b = a + length;
    const c = b + length;
    const d = c + length;
    for (let k = 0; k < length; k++) {
      const value = vector[vectorStart + k]!;
      first += value * matrix[a + k]!;
      second += value * matrix[b + k]!;
      third += value * matrix[c + k]!;
      fourth += value * matrix[d + k]!;
    }
    const to = start + row * step;
    target[to]! += first;
    target[to + step]! += second;
    target[to + 2 * step]! += third;
    target[to + 3 * step]! += fourth;
  }
  for (; row < rows; row++) {
    let sum = 0;
    for (let k = 0; k < length; k++) sum += vector[vectorStart + k]! * matrix[row * length + k]!;
    target[start + row * step]! += sum;
  }
}

/** `target[start + …] += Σ factors[factorStart + j · factorStep] · row j`, for `rows` rows of `length` values each. */
export function addRows(
  target: Float64Array,
  start: number,
  factors: Float64Array,
  factorStart: number,
  factorStep: number,
  matrix: Float64Array,
  matrixStart: number,
  rows: number,
  length: number,
): void {
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const at = factorStart + row * factorStep;
    const first = factors[at]!;
    const second = factors[at + factorStep]!;
    const third = factors[at + 2 * factorStep]!;
    const fourth = factors[at + 3 * factorStep]!;
    const a = matrixStart + row * length;
    const b = a + length;
    const c = b + length;
    const d = c + length;
    for (let k = 0; k < length; k++) {
      target[start + k]! +=
        first * matrix[a + k]! + second * matrix[b + k]! + third * matrix[c + k]! + fourth * matrix[d + k]!;
    }
  }
  for (; row < rows; row++) {
    const factor = factors[factorStart + row * factorStep]!;
    for (let k = 0; k < length; k++) target[start + k]! += factor * matrix[matrixStart + row * length + k]!;
  }
}
