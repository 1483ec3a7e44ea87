export { kernels as referenceKernels } from "./kernels/index.js";
export { type ReferenceBackendOptions, referenceBackend } from "./reference-backend.js";
