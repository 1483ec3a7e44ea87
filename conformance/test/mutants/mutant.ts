import { referenceKernels } from "@alexnet/backend-reference";
import type { Shape, Tensor } from "@alexnet/core";
import { type Backend, type Executable, type Kernels, kernelBackend } from "@alexnet/core/backend";
import type { OperationKind, Program } from "@alexnet/core/program";
import type { Level } from "../../src/index.js";

/** A backend with one mistake. */
export interface Mutant {
  readonly name: string;
  /** The level that is meant to catch it. */
  readonly level: Level;
  /** The operation that is wrong, where one is: what does not run it cannot catch it. */
  readonly kind?: OperationKind;
  create(): Backend;
}

type Kernel<Kind extends OperationKind> = (typeof referenceKernels)[Kind];
export type Shape4 = readonly [number, number, number, number];

interface Parts {
  readonly kernels?: Kernels<Float64Array>;
  upload?(tensor: Tensor): Float64Array;
  download?(buffer: Float64Array, shape: Shape): Tensor;
  /** Buffers that are made but never freed. */
  leaks?(): number;
}

/** The reference, with some of its parts replaced. */
export function referenceWith({ kernels = {}, upload, download, leaks }: Parts): Backend {
  const alive = new Set<Float64Array>();
  const keep = (buffer: Float64Array): Float64Array => {
    alive.add(buffer);
    return buffer;
  };
  type AnyKernel = (...given: readonly unknown[]) => Float64Array;
  const keeping = Object.entries({ ...referenceKernels, ...kernels }).map(([kind, kernel]) => [
    kind,
    (...given: readonly unknown[]) => keep((kernel as AnyKernel)(...given)),
  ]);
  return kernelBackend<Float64Array>({
    info: { name: "mutant", engine: "typescript", version: "0", device: "cpu", precision: "float64", details: {} },
    kernels: Object.fromEntries(keeping) as Kernels<Float64Array>,
    upload: (tensor) => keep(upload?.(tensor) ?? Float64Array.from(tensor.data)),
    download: async (buffer, shape) => download?.(buffer, shape) ?? { shape, data: buffer.slice() },
    free: (buffer) => void alive.delete(buffer),
    allocations: () => alive.size + (leaks?.() ?? 0),
  });
}

/** The same as float32 would have it: every result rounded once. Correct, and no mutant. */
export function float32Reference(): Backend {
  type AnyKernel = (...given: readonly unknown[]) => Float64Array;
  const rounding = Object.entries(referenceKernels).map(([kind, kernel]) => [
    kind,
    (...given: readonly unknown[]) => (kernel as AnyKernel)(...given).map(Math.fround),
  ]);
  const backend = referenceWith({ kernels: Object.fromEntries(rounding) as Kernels<Float64Array> });
  return { ...backend, info: { ...backend.info, name: "float32 reference", precision: "float32" } };
}

export function withKernel<Kind extends OperationKind>(
  kind: Kind,
  kernel: Kernel<Kind>,
): Pick<Mutant, "kind" | "create"> {
  return { kind, create: () => referenceWith({ kernels: { [kind]: kernel } }) };
}

/** The reference whose behavior, not its arithmetic, is changed. */
export const behaving = (change: (backend: Backend) => Partial<Backend>) => (): Backend => {
  const backend = referenceWith({});
  return { ...backend, ...change(backend) };
};

/** The reference whose programs run otherwise. */
export const running = (
  change: (executable: Executable, program: Program, backend: Backend) => Executable["run"],
): (() => Backend) =>
  behaving((backend) => ({
    async compile(program) {
      const executable = await backend.compile(program);
      return { ...executable, run: change(executable, program, backend) };
    },
  }));

/** A number with 11 significant bits, as float16 has them. */
export function toHalf(value: number): number {
  if (value === 0) return 0;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10);
  return Math.round(value / unit) * unit;
}
