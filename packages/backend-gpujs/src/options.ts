/** How gpu.js computes. */
export type Mode = "webgpu" | "webasm" | "cpu";

/** A WebGPU entry point, `navigator.gpu` of a browser or what `create` of the package `webgpu` returns. */
export type WebGpu = object;

export interface GpuJsBackendOptions {
  /** How gpu.js is to compute; `"webasm"` unless told otherwise. */
  readonly mode?: Mode;
  /** Threads of `webasm`; one per core unless told otherwise. */
  readonly threads?: number;
  /**
   * Where `webgpu` gets its device: an entry point to WebGPU like `navigator.gpu`. Give the one that other libraries of
   * the process use, so that there is one Dawn; unless given, the browser's, or one made with the package `webgpu`.
   * All gpu.js backends of a process share the device of the first.
   */
  readonly gpu?: WebGpu;
}
