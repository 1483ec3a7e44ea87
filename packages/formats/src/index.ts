/**
 * Files of AlexNet for TypeScript: weights as safetensors, and training checkpoints.
 *
 * @module @alexnet/formats
 */
export { type DecodedSafetensors, decodeSafetensors } from "./safetensors/decode.js";
export { encodeSafetensors } from "./safetensors/encode.js";
