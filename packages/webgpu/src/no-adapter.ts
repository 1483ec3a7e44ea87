import { BackendUnavailableError } from "@alexnet/core";

/** The error of a backend for which there is no graphics adapter. */
export function noAdapter(backend: string, cause?: unknown): BackendUnavailableError {
  return new BackendUnavailableError(
    `${backend} found no graphics adapter. It needs a GPU with a Vulkan, Metal or Direct3D 12 driver; on Linux the system ` +
      "must find libvulkan.so.1 and the driver's entry (VK_DRIVER_FILES names one).",
    { cause },
  );
}
