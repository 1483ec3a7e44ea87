/**
 * The reference backend of AlexNet for TypeScript: plain TypeScript in float64, the definition of every operation.
 *
 * @module @alexnet/backend-reference
 */
export { kernels as referenceKernels } from "./kernels/index.js";
export { referenceBackend } from "./reference-backend.js";
