import { basename, dirname, extname, join } from "node:path";
import { formatModel, inferenceProgram, type Model, type TensorMap } from "@alexnet/core";
import { makeFolder } from "@alexnet/files";
import {
  definitionKey,
  encodeNpyLayers,
  encodeNpz,
  encodeSafetensors,
  encodeTfjs,
  kerasLayout,
  type Layout,
  layouts,
  ownLayout,
  toLayout,
} from "@alexnet/formats";
import { metadataOf, type WeightsInfo } from "@alexnet/runs";
import { UsageError } from "../../program/errors.js";
import { writeFile } from "../../program/write-file.js";
import type { Family } from "./families.js";

/** Weights that are to be written. */
export interface Writable {
  readonly model: Model;
  /** Under our names. */
  readonly parameters: TensorMap;
  readonly info: WeightsInfo;
}

/** Writes weights and returns the paths of what it wrote. */
export type Writer = (weights: Writable) => Promise<readonly string[]>;

interface WriterFlags {
  readonly layout?: Family;
  readonly batchSize: number;
}

/** One file holds so much of Protocol Buffers, less what is not weights. */
const MOST_ONNX_BYTES = 2 ** 31 - 2 ** 24;

/** What writes the file of this name, by its ending. Throws `UsageError` for one of no known format. */
export function writerFor(path: string, flags: WriterFlags): Writer {
  const ending = extname(path).toLowerCase();
  const isLaidOut = ending === ".safetensors" || ending === ".npz";
  if (flags.layout !== undefined && !isLaidOut) {
    throw new UsageError(`--layout is for .safetensors and .npz: ${path} has names of its own.`);
  }
  switch (ending) {
    case ".safetensors":
      return async (weights) => {
        const { model, parameters, info } = weights;
        const tensors = toLayout(layoutOf(model, flags.layout ?? "alexnet"), model, parameters);
        return written(path, encodeSafetensors(tensors, metadataOf(described(model, info))));
      };
    case ".npz":
      return async ({ model, parameters }) =>
        written(path, encodeNpz(toLayout(layoutOf(model, flags.layout ?? "alexnet"), model, parameters)));
    case ".npy":
      return async ({ model, parameters }) =>
        written(path, encodeNpyLayers(toLayout(layoutOf(model, "bvlc_alexnet.npy"), model, parameters)));
    case ".onnx":
      return (weights) => writeOnnx(path, weights, flags.batchSize);
    case ".json":
      return (weights) => writeTfjs(path, weights);
    case "":
      return (weights) => writeTfjs(join(path, "model.json"), weights);
  }
  throw new UsageError(
    `${path} ends in ${ending}, which is none of .safetensors, .npz, .npy, .onnx and .json (TensorFlow.js).` +
      (/^\.(pth|pt)$/.test(ending) ? " PyTorch loads .safetensors: add --layout torchvision." : ""),
  );
}

/** The table's row for a family and a model; families that have any model's layers by our names make one. */
function layoutOf(model: Model, family: Family): Layout {
  if (family === "alexnet") return ownLayout(model.name);
  if (family === "keras") return kerasLayout(model.name);
  const found = layouts.find((layout) => layout.family === family && layout.model === model.name);
  if (found) return found;
  const theirs = layouts.filter((layout) => layout.family === family).map((layout) => layout.model);
  throw new UsageError(`${family} has no ${model.name}, it has ${theirs.join(" and ")}.`);
}

/** What is known of the weights, and the model itself where the zoo does not have it. */
function described(model: Model, info: WeightsInfo): WeightsInfo {
  return info.model?.name === model.name ? info : { ...info, definition: model };
}

async function writeOnnx(path: string, { model, parameters, info }: Writable, batchSize: number): Promise<string[]> {
  const { exportOnnx, exportOnnxWithData } = await import("@alexnet/backend-onnx");
  const { program } = inferenceProgram(model, batchSize);
  const metadata = ownMetadata(model, info);
  const bytes = Object.values(parameters).reduce((sum, { data }) => sum + 4 * data.length, 0);
  if (bytes < MOST_ONNX_BYTES) return written(path, [exportOnnx(program, parameters, metadata)]);
  const location = `${basename(path)}.data`;
  const { model: graph, data } = exportOnnxWithData(program, parameters, location, metadata);
  return [...(await written(join(dirname(path), location), data)), ...(await written(path, [graph]))];
}

async function writeTfjs(path: string, { model, parameters, info }: Writable): Promise<string[]> {
  const { preprocessing } = info;
  const { json, weights, weightsName } = encodeTfjs(model, parameters, { preprocessing, metadata: metadataOf(info) });
  await makeFolder(dirname(path)).catch(() => {}); // If it cannot be made, the file cannot be written, which is told.
  return [...(await written(join(dirname(path), weightsName), weights)), ...(await written(path, [Buffer.from(json)]))];
}

/** The free text of formats that keep the model itself. */
function ownMetadata(model: Model, info: WeightsInfo): Readonly<Record<string, string>> {
  return { ...metadataOf(info), [definitionKey]: formatModel(model) };
}

async function written(path: string, chunks: Iterable<Uint8Array>): Promise<string[]> {
  await writeFile(path, chunks);
  return [path];
}
