/** How gpu.js computes: its modes. */
export type GpujsDevice = "webgpu" | "webasm" | "cpu";

/** Every one of them. */
export const gpujsDevices: readonly GpujsDevice[] = ["webgpu", "webasm", "cpu"];

/** Choices of a gpu.js backend. */
export interface GpujsBackendOptions {
  /**
   * How gpu.js is to compute; `"webasm"` unless told otherwise. All of a process on `"webgpu"` share one device, that of the
   * browser or of the package `webgpu`.
   */
  readonly device?: GpujsDevice;
  /** Threads of `webasm`; one per core unless told otherwise. */
  readonly threads?: number;
}
