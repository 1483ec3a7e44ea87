import { DatasetError, evaluate, type TensorMap } from "@alexnet/core";
import type { PictureLimits } from "@alexnet/data";
import { loadWeights } from "@alexnet/runs";
import { openBackend } from "../../choices/backends.js";
import { leftOutPictures, leftOutText } from "../../choices/bad-pictures.js";
import { chooseDataset, datasetEntries } from "../../choices/datasets.js";
import { fetching } from "../../choices/fetching.js";
import { modelOf } from "../../choices/model-of-weights.js";
import { datasetOf, limitsOf, openSource, picturesOf } from "../../choices/open-split.js";
import { type Ranks, withRanks } from "../../choices/ranks.js";
import { chooseWeights } from "../../choices/weights.js";
import type { Context } from "../../program/context.js";
import { UsageError } from "../../program/errors.js";
import { gaugeLine } from "../../program/gauge-line.js";
import { plural } from "../../text/format.js";
import { MOST_WORST, writeReport } from "./pictures.js";
import { evaluationText } from "./text.js";

export interface EvaluateFlags extends PictureLimits {
  readonly model?: string;
  readonly dataset?: string;
  readonly dataDir?: string;
  readonly download?: boolean;
  readonly mirror?: readonly string[];
  readonly backend?: string;
  readonly threads?: number;
  readonly limitTest?: number;
  readonly ensemble?: readonly string[];
  readonly tenCrop?: boolean;
  readonly report?: string;
  readonly batchSize?: number;
  readonly inputSize?: number;
  readonly json?: boolean;
}

/** `alexnet evaluate`. */
export async function evaluateWeights(
  context: Context,
  given: string | undefined,
  flags: EvaluateFlags,
): Promise<void> {
  await withRanks({}, context, (ranks, own) => evaluateOn(ranks, own, given, flags));
}

async function evaluateOn(
  ranks: Ranks,
  context: Context,
  given: string | undefined,
  flags: EvaluateFlags,
): Promise<void> {
  const terminal = context.terminal();
  const { communicator, threads: share } = ranks;
  const location = await chooseWeights(given, flags.download, context);
  if (location === undefined) return;
  const weights = await loadWeights(location);
  const model = await modelOf(weights, flags);
  const name = flags.dataset ?? weights.info.dataset;
  if (name === undefined) {
    const known = datasetEntries.map((entry) => entry.name).join("|");
    throw new UsageError(`${weights.location} does not say what it was trained on. Name a dataset: --dataset ${known}`);
  }
  const trainedOn = weights.config?.dataset;
  const directory = flags.dataDir ?? (trainedOn?.name === name ? trainedOn.directory : undefined);
  const chosen = chooseDataset(name, directory);
  const { division, testPictures } = (trainedOn?.directory === chosen.directory ? trainedOn : undefined) ?? {};
  const source = await openSource(chosen.entry, {
    split: "test",
    ...(chosen.directory !== undefined && { directory: chosen.directory }),
    ...(division && { division }),
    fetch: fetching(flags, terminal),
  });
  if (testPictures !== undefined && testPictures !== picturesOf(source)) {
    terminal.note(
      `The pictures in ${chosen.directory} are not those that were there when ${weights.location} was trained: some were ` +
        "added, removed or renamed. What it was trained on may be among those to test with.",
    );
  }
  const leftOut = leftOutPictures(terminal);
  const dataset = await datasetOf(source, {
    inputSize: model.inputShape[1],
    channels: model.inputShape[0],
    ...(flags.limitTest !== undefined && { limit: flags.limitTest }),
    ...(flags.tenCrop && { tenCrop: true }),
    ...(weights.info.preprocessing && { preprocessing: weights.info.preprocessing }),
    ...limitsOf({ ...trainedOn, ...limitsOf(flags) }),
    onBad: leftOut.add,
  });
  try {
    if (dataset.classNames.length !== model.classes) {
      throw new DatasetError(
        `${weights.location} tells ${plural(model.classes, "class")} apart, and ${name} has ` +
          `${dataset.classNames.length}: these weights were trained on other data. Name theirs with --dataset.`,
      );
    }
    if (weights.info.dataset === undefined && weights.info.preprocessing === undefined) {
      terminal.note(
        `${weights.location} does not say how its images were prepared: ${dataset.name} gives them resized as a whole, ` +
          "pixels 0 to 1, nothing taken off.",
      );
    }
    const ensemble: TensorMap[] = [];
    for (const path of flags.ensemble ?? []) ensemble.push((await loadWeights(path)).parameters);
    const backend = await openBackend({ ...(share !== undefined && { share }), ...flags }, terminal);
    try {
      const evaluation = await evaluate({
        model,
        backend,
        parameters: weights.parameters,
        dataset,
        communicator,
        ...(ensemble.length > 0 && { ensemble }),
        ...(flags.tenCrop && { views: 10 }),
        ...(flags.report !== undefined && { worst: MOST_WORST }),
        ...(flags.batchSize !== undefined && { batchSize: flags.batchSize }),
        onProgress(done, total) {
          if (!flags.json) gaugeLine(terminal, "evaluating", done, total);
        },
      });
      terminal.status("");
      await leftOut.gather(communicator);
      const written =
        flags.report === undefined || !ranks.leads
          ? []
          : await writeReport(flags.report, {
              ...{ evaluation, source, model, classNames: dataset.classNames, parameters: weights.parameters },
              heading: `${model.name} on ${dataset.name}`,
            });
      if (flags.json) {
        const facts = {
          model: model.name,
          weights: weights.location,
          dataset: dataset.name,
          backend: backend.info.name,
          ...(flags.ensemble && { ensemble: flags.ensemble }),
          ...(flags.tenCrop && { tenCrop: true }),
        };
        const skipped = leftOut.reasons.size;
        terminal.print(
          JSON.stringify(
            { ...facts, ...(skipped > 0 && { skipped }), classNames: dataset.classNames, ...evaluation },
            undefined,
            2,
          ),
        );
        return;
      }
      const trained = weights.info.epoch === undefined ? "" : `, trained for ${plural(weights.info.epoch, "epoch")}`;
      const also = [
        ...(ensemble.length > 0 ? [`averaged with ${plural(ensemble.length, "other training")}`] : []),
        ...(flags.tenCrop ? ["ten crops of each image"] : []),
      ];
      const averaged = also.length > 0 ? `, ${also.join(", ")}` : "";
      terminal.print(`${model.name}${trained}${averaged}, on ${dataset.name} (${backend.info.name})\n`);
      terminal.print(evaluationText(evaluation, dataset.classNames));
      const skipped = leftOutText(leftOut);
      if (skipped !== undefined) terminal.print(`\n${skipped}.`);
      if (written.length > 0) terminal.print(`\nPictures are in ${flags.report}: ${written.join(", ")}.`);
    } finally {
      await backend.dispose();
    }
  } finally {
    await dataset.dispose?.();
  }
}
