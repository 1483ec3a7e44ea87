import { type Tensor, WeightsError } from "@alexnet/core";
import { gather } from "../binary/strided.js";
import { decodeNpy, isNpy } from "../numpy/npy.js";
import { readBlob } from "./net.js";

/**
 * A mean image of Caffe, `imagenet_mean.binaryproto` or `ilsvrc_2012_mean.npy`, as `[C, H, W]` with red first: the files have blue
 * first. Throws `WeightsError` for a file that is neither.
 */
export function decodeMeanImage(bytes: Uint8Array): Tensor {
  const { shape, data } = isNpy(bytes) ? decodeNpy(bytes) : readBlob(bytes);
  const [channels, height, width] = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape;
  if (!channels || !height || !width || shape.length > 4 || channels * height * width !== data.length) {
    throw new WeightsError(`A mean image has the shape [C, H, W] or [1, C, H, W]; got [${shape.join(", ")}].`);
  }
  const plane = height * width;
  const turned = gather(data, (channels - 1) * plane, [channels, height, width], [-plane, width, 1]);
  return { shape: [channels, height, width], data: turned };
}
