import type { Backend, BackendInfo, Tensor } from "@alexnet/core";
import { denseProducts } from "@alexnet/core/program";
import { behaving, type Mutant, running } from "./mutant.js";

/** A float32 backend that rounds the weights of dense layers to whole numbers, so many up to the largest of their row. */
const rounding = (steps: number, declared: Partial<BackendInfo>) => (): Backend => {
  const backend = running((executable, program, { createVariables }) => async (variables, feeds) => {
    const weights = denseProducts(program).map(({ inputs }) => inputs[1] as string);
    if (weights.length === 0) return executable.run(variables, feeds);
    const values = await variables.read();
    const coarse = weights.map((weight) => [weight, rounded(values[weight] as Tensor, steps)] as const);
    const changed = await createVariables({ ...values, ...Object.fromEntries(coarse) });
    try {
      return await executable.run(changed, feeds);
    } finally {
      await changed.dispose();
    }
  })();
  return { ...backend, info: { ...backend.info, precision: "float32", ...declared } };
};

function rounded({ shape, data }: Tensor, steps: number): Tensor {
  const width = shape[1] as number;
  const coarse = Float64Array.from(data);
  for (let start = 0; start < coarse.length; start += width) {
    const row = coarse.subarray(start, start + width);
    const step = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / steps || 1;
    row.set(row.map((value) => Math.round(value / step) * step));
  }
  return { shape, data: coarse };
}

export const denseMutants: readonly Mutant[] = [
  {
    name: "excuses any dense layer by the size of its blocks",
    level: 1,
    create: behaving(({ info }) => ({ info: { ...info, eightBitBlock: 1e6 } })),
  },
  { name: "dense weights in 8 bits that nobody is told of", level: 2, create: rounding(127, {}) },
  { name: "dense weights in 6 bits, 8 declared", level: 2, create: rounding(31, { eightBitBlock: 32 }) },
];
