import { stat } from "node:fs/promises";
import { checkParameters } from "@alexnet/core";
import { decodeMeanImage } from "@alexnet/formats";
import { readDecoded } from "@alexnet/formats/node";
import { loadWeights, type WeightsInfo } from "@alexnet/runs";
import { modelOf } from "../../choices/model-of-weights.js";
import { locationOf } from "../../choices/pretrained.js";
import { readPrototxt } from "../../choices/prototxt.js";
import type { Context } from "../../program/context.js";
import { magnitude } from "../../text/format.js";
import type { Family } from "./families.js";
import { writerFor } from "./writers.js";

export interface ConvertFlags {
  readonly model?: string;
  readonly inputSize?: number;
  readonly layout?: Family;
  readonly prototxt?: string;
  readonly meanImage?: string;
  readonly download?: boolean;
  readonly batchSize: number;
  readonly json?: boolean;
}

/** `alexnet convert`. What is written is whole, or what was there before is untouched. */
export async function convertWeights(context: Context, from: string, to: string, flags: ConvertFlags): Promise<void> {
  const terminal = context.terminal();
  const write = writerFor(to, flags);
  const location = await locationOf(from, flags.download, context);
  if (location === undefined) return;
  const weights = await loadWeights(location, await readPrototxt(flags.prototxt));
  const model = await modelOf(weights, flags);
  checkParameters(model, weights.parameters);
  const info = await withMeanImage(weights.info, flags.meanImage);
  const files = await write({ model, parameters: weights.parameters, info });
  const sizes = await Promise.all(files.map(async (path) => ({ path, bytes: (await stat(path)).size })));
  if (flags.json) {
    terminal.print(JSON.stringify({ model: model.name, from: weights.location, files: sizes }, undefined, 2));
    return;
  }
  for (const { path, bytes } of sizes) terminal.print(`${path}  ${magnitude(bytes)}B  ${model.name}`);
}

/** A mean image takes the place of the mean color that a family has. */
async function withMeanImage(info: WeightsInfo, path: string | undefined): Promise<WeightsInfo> {
  if (path === undefined) return info;
  const { mean: _, ...preprocessing } = info.preprocessing ?? {};
  return { ...info, preprocessing: { ...preprocessing, meanImage: await readDecoded(path, decodeMeanImage) } };
}
