import type { Argument, KernelSource, Launch, Values } from "../kernels/kernel.js";

/** A kernel of one operation, compiled. */
export interface CompiledKernel {
  /** Computes a new tensor. */
  run(inputs: readonly Argument[]): Promise<Values>;
  destroy(): void;
}

/** Where tensors live and kernels run: the difference between the modes. */
export interface Engine {
  /** The device as the system names it. */
  readonly device: string;
  readonly details: Readonly<Record<string, string | number | boolean>>;
  upload(values: Float32Array): Values;
  /** A copy. */
  download(values: Values): Promise<Float32Array>;
  free(values: Values): void;
  /** Waits until everything is computed; absent where kernels return when they are done. */
  settle?(): Promise<void>;
  compile(source: KernelSource, launch: Launch): CompiledKernel;
  destroy(): Promise<void>;
}
