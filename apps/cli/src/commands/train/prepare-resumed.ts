import { resolve } from "node:path";
import { type Backend, parseModel } from "@alexnet/core";
import { defined } from "@alexnet/core/support";
import { backendDifferences, lastDivision, type Run, resumeRun } from "@alexnet/runs";
import { chooseDataset } from "../../choices/datasets.js";
import { limitsOf } from "../../choices/open-split.js";
import type { Ranks } from "../../choices/ranks.js";
import { createModel, zooEntry } from "../../choices/zoo.js";
import type { Terminal } from "../../program/terminal.js";
import { openData } from "./data.js";
import { describeDifferences } from "./differences.js";
import type { TrainingFlags } from "./flags.js";
import { backendChoice, keeping, together } from "./keeping.js";
import type { PreparedSession } from "./prepare.js";

/** Opens what a run folder's training needs to go on: the same data, and whatever backend is asked for. */
export async function prepareResumed(
  run: Run,
  flags: TrainingFlags,
  options: {
    readonly terminal: Terminal;
    readonly openBackend: () => Promise<Backend>;
    readonly ranks?: Ranks;
  },
): Promise<PreparedSession> {
  const { config, directory } = run;
  const { divide = lastDivision(config) } = flags;
  const ranks = options.ranks && { ...options.ranks, ...defined({ division: divide }) };
  const { definition, name, options: zooOptions } = config.model;
  const model = definition ? parseModel(definition) : createModel(zooEntry(name), zooOptions);
  const { dataDir, download, mirror } = flags;
  const dataset = {
    ...config.dataset,
    ...limitsOf(flags),
    ...defined({ directory: dataDir === undefined ? undefined : resolve(dataDir) }),
  };
  const { preprocessing, augmentation, division, limitTrain, limitTest } = dataset;
  const chosen = chooseDataset(dataset.name, dataset.directory);
  const [channels, inputSize] = model.inputShape;
  const { training, test, leftOut, example, dispose } = await openData(
    chosen,
    {
      ...{ inputSize, channels },
      ...limitsOf(dataset),
      ...defined({ division, limitTrain, limitTest, download, mirror }),
      form: async () => defined({ preprocessing, augmentation }),
    },
    options.terminal,
  );
  try {
    const backend = await options.openBackend();
    const differences = describeDifferences(backendDifferences(config, backend.info));
    if (differences !== undefined) options.terminal.note(differences);
    const { epochs = config.training.epochs } = flags;
    const notes = { dataset, backend: backendChoice(flags) };
    return {
      directory,
      model,
      recipe: { ...config.training, epochs },
      dataset: chosen.title,
      training,
      test,
      leftOut,
      example,
      backend,
      run,
      ...(ranks && { ranks }),
      events: (signal) => {
        const data = { training, validation: test };
        return resumeRun(run, {
          backend,
          ...data,
          epochs,
          signal,
          notes,
          ...keeping(flags),
          ...together(ranks),
        });
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
