import { BackendUnavailableError } from "@alexnet/core";
import { messageOf } from "@alexnet/core/support";

/** The libraries that the libtensorflow 2.9 of tfjs-node-gpu 4.22 loads when it looks for a GPU. */
const CUDA_LIBRARIES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: [
    "libcuda.so.1",
    "libcudart.so.11.0",
    "libcublas.so.11",
    "libcublasLt.so.11",
    "libcufft.so.10",
    "libcurand.so.10",
    "libcusolver.so.11",
    "libcusparse.so.11",
    "libcudnn.so.8",
  ],
  win32: [
    "nvcuda.dll",
    "cudart64_110.dll",
    "cublas64_11.dll",
    "cublasLt64_11.dll",
    "cufft64_10.dll",
    "curand64_10.dll",
    "cusolver64_11.dll",
    "cusparse64_11.dll",
    "cudnn64_8.dll",
  ],
};

/** The error for a GPU that was asked for and that TensorFlow did not find: it names what is missing. */
export function missingGpu(missing: readonly string[] = missingLibraries()): BackendUnavailableError {
  const why =
    missing.length > 0
      ? `these libraries are missing or do not load: ${missing.join(", ")}. tfjs-node-gpu needs an NVIDIA driver, ` +
        "CUDA 11 and cuDNN 8, where the system looks for libraries (LD_LIBRARY_PATH, PATH on Windows)"
      : "all libraries of CUDA 11 load, but TensorFlow sees no GPU that it can use (nvidia-smi and CUDA_VISIBLE_DEVICES may tell why)";
  return new BackendUnavailableError(`tfjs:node-gpu found no GPU: ${why}. To compute on the CPU, ask for tfjs:node.`);
}

function missingLibraries(): readonly string[] {
  return (CUDA_LIBRARIES[process.platform] ?? []).filter((library) => !loads(library));
}

/** Whether the system finds and loads a library. One that is no addon is loaded all the same, and then refused. */
export function loads(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library);
    return true;
  } catch (error) {
    return /did not self-register|not a valid.*addon/i.test(messageOf(error));
  }
}
