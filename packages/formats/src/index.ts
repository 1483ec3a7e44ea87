export { type DecodedSafetensors, decodeSafetensors } from "./safetensors/decode.js";
export { encodeSafetensors } from "./safetensors/encode.js";
