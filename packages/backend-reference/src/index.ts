export { kernels as referenceKernels } from "./kernels/index.js";
export { referenceBackend } from "./reference-backend.js";
