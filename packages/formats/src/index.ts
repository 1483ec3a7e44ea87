/**
 * Files of AlexNet for TypeScript: weights in everybody's formats, whose they are, and training checkpoints.
 *
 * @module @alexnet/formats
 */
export { decodeCaffe } from "./caffe/decode.js";
export { decodeMeanImage } from "./caffe/mean-image.js";
export {
  type DecodeOptions,
  decodeWeights,
  type WeightsFormat,
  type WeightsOfFormat,
  weightsFormats,
} from "./decode-weights.js";
export { fromLayout, toLayout } from "./layouts/arrange.js";
export { kerasLayout, layouts, ownLayout } from "./layouts/families.js";
export { type IdentifiedWeights, identifyWeights } from "./layouts/identify.js";
export type { Layout } from "./layouts/layout.js";
export { type Recognized, recognize } from "./layouts/recognize.js";
export { definitionKey } from "./metadata.js";
export { decodeNpy, decodeNpyLayers, encodeNpy, encodeNpyLayers } from "./numpy/npy.js";
export { decodeNpz, encodeNpz } from "./numpy/npz.js";
export type { ExternalData } from "./onnx/constant.js";
export { decodeOnnx } from "./onnx/decode.js";
export { formatPreprocessing, parsePreprocessing, preprocessingKey } from "./preprocessing.js";
export { decodePytorch } from "./pytorch/decode.js";
export { decodeSafetensors } from "./safetensors/decode.js";
export { encodeSafetensors } from "./safetensors/encode.js";
export { type TensorStatistics, tensorStatistics } from "./statistics.js";
export { decodeTfjs } from "./tfjs/decode.js";
export { type EncodedTfjs, encodeTfjs } from "./tfjs/encode.js";
export type { DecodedNetwork, DecodedWeights } from "./weights.js";
