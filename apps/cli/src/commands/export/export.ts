import { existsSync } from "node:fs";
import { join } from "node:path";
import { generateC, generatePytorch, generateTypescript, pythonNames } from "@alexnet/codegen";
import { checkParameters, type Model, type TensorMap } from "@alexnet/core";
import { imagenetClassNames } from "@alexnet/data";
import { describeFailure, makeFolder } from "@alexnet/files";
import { encodeSafetensors } from "@alexnet/formats";
import { loadWeights, metadataOf, type WeightsInfo } from "@alexnet/runs";
import { modelOf } from "../../choices/model-of-weights.js";
import { modelOptions } from "../../choices/model-options.js";
import { locationOf } from "../../choices/pretrained.js";
import { createModel, modelNames, zooEntry } from "../../choices/zoo.js";
import type { Context } from "../../program/context.js";
import { UsageError } from "../../program/errors.js";
import { OutputError, writeFile } from "../../program/write-file.js";
import { writerFor } from "../convert/writers.js";
import type { ExportFormat } from "./formats.js";

export interface ExportFlags {
  readonly format: ExportFormat;
  readonly output?: string;
  readonly model?: string;
  readonly inputSize?: number;
  readonly batchSize: number;
  readonly download?: boolean;
  readonly json?: boolean;
}

/** A model, and what is known of its weights where it has any. */
interface Exported {
  readonly model: Model;
  readonly parameters?: TensorMap;
  readonly info: WeightsInfo;
}

/** `alexnet export`. */
export async function exportModel(context: Context, given: string, flags: ExportFlags): Promise<void> {
  const terminal = context.terminal();
  const exported = await whatToExport(context, given, flags);
  if (exported === undefined) return;
  const { model } = exported;
  const folder = flags.output ?? `${model.name.replace(/[^\w.-]+/g, "-")}-${flags.format}`;
  await makeFolder(folder).catch((cause: Error) => {
    throw new OutputError(`Cannot make the folder ${folder}: ${describeFailure(cause)}.`, { cause });
  });
  const { files, next } = await writers[flags.format](exported, folder, flags);
  if (flags.json) {
    terminal.print(JSON.stringify({ model: model.name, format: flags.format, files }, undefined, 2));
    return;
  }
  for (const path of files) terminal.print(path);
  if (next !== undefined) terminal.note(`\nNext: ${next}`);
}

async function whatToExport(context: Context, given: string, flags: ExportFlags): Promise<Exported | undefined> {
  if (!existsSync(given) && modelNames.includes(given)) {
    if (flags.format !== "pytorch" && flags.format !== "typescript") {
      throw new UsageError(
        `--format ${flags.format} needs weights, and ${given} is a model: name a run folder or a file.`,
      );
    }
    return { model: createModel(zooEntry(given), modelOptions(flags)), info: {} };
  }
  const location = await locationOf(given, flags.download, context);
  if (location === undefined) return undefined;
  const weights = await loadWeights(location);
  const model = await modelOf(weights, flags);
  checkParameters(model, weights.parameters);
  return { model, parameters: weights.parameters, info: weights.info };
}

type Write = (
  exported: Exported,
  folder: string,
  flags: ExportFlags,
) => Promise<{ readonly files: readonly string[]; readonly next?: string }>;

const writers: Readonly<Record<ExportFormat, Write>> = {
  async c({ model, parameters = {}, info }, folder) {
    const imagenet = info.classNames === undefined && model.classes === 1000 ? imagenetClassNames() : undefined;
    const options = { preprocessing: info.preprocessing, classNames: info.classNames ?? imagenet };
    const files: string[] = [];
    for (const { name, chunks } of generateC(model, parameters, options)) {
      files.push(join(folder, name));
      await writeFile(join(folder, name), chunks);
    }
    return { files, next: `cd ${folder}; cc -O3 -march=native *.c -o classify; ./classify picture.ppm` };
  },
  async pytorch({ model, parameters, info }, folder) {
    const source = join(folder, "model.py");
    await writeFile(source, generatePytorch(model, { preprocessing: info.preprocessing }));
    if (!parameters) return { files: [source] };
    const names = pythonNames(model);
    const renamed = Object.entries(parameters).map(([name, tensor]) => {
      const at = name.lastIndexOf(".");
      return [`${names.get(name.slice(0, at))}${name.slice(at)}`, tensor] as const;
    });
    const weights = join(folder, "model.safetensors");
    await writeFile(weights, encodeSafetensors(Object.fromEntries(renamed), metadataOf(info)));
    return { files: [source, weights] };
  },
  async typescript({ model, parameters, info }, folder) {
    const source = join(folder, "model.ts");
    await writeFile(source, generateTypescript(model));
    if (!parameters) return { files: [source] };
    const weights = join(folder, "model.safetensors");
    await writeFile(weights, encodeSafetensors(parameters, metadataOf(info)));
    return { files: [source, weights] };
  },
  onnx: ({ model, parameters = {}, info }, folder, flags) =>
    written(join(folder, "model.onnx"), { model, parameters, info }, flags),
  tfjs: ({ model, parameters = {}, info }, folder, flags) =>
    written(join(folder, "model.json"), { model, parameters, info }, flags),
};

async function written(
  path: string,
  weights: Parameters<ReturnType<typeof writerFor>>[0],
  { batchSize }: ExportFlags,
): Promise<{ readonly files: readonly string[] }> {
  return { files: await writerFor(path, { batchSize })(weights) };
}
