import type { Executable, Variables } from "../backend/backend.js";
import { evenBatchSize } from "../inference/batch-size.js";
import { evaluator } from "../inference/evaluator.js";
import { trainedParameters } from "../model/fine-tuning.js";
import { parametersOf } from "../model/parameters.js";
import type { ModelProgram } from "../model/programs.js";
import { asFailureAfter, frozen, type PreparedDevice, startValues } from "./device.js";
import { imageRows, labelRows, maskFeed, weightedLabels } from "./feeds.js";
import type { CheckedFitOptions } from "./fit-options.js";
import { countAnswers } from "./step-event.js";

/** Puts a training on its backend, which does all of it. */
export async function localDevice(options: CheckedFitOptions, training: ModelProgram): Promise<PreparedDevice> {
  const { model, backend, validation, batchSize, seed } = options;
  const trained = trainedParameters(parametersOf(model)).map(({ name }) => name);
  const variables: Variables = await backend.createVariables(startValues(options));
  const evaluation = validation && evaluator(model, backend, evenBatchSize(validation.length, batchSize));
  const rows = training.program.inputs.images![0]!;
  let executable: Executable | undefined;
  return {
    mostSteps: Number.POSITIVE_INFINITY,
    async compile() {
      executable = await backend.compile(training.program);
    },
    rows: (examples) => [0, examples],
    feed(batch, step) {
      const labels = labelRows(batch, rows);
      const images = imageRows(batch, rows);
      const masks = maskFeed(training.masks, { seed, step });
      const { release } = batch;
      return {
        labels,
        inputs: { images, labels: weightedLabels(labels, model.classes), ...masks },
        ...(release && { release }),
      };
    },
    async run(feeds) {
      const outputs = await executable!.run(
        variables,
        feeds.map(({ inputs }) => inputs),
      );
      return outputs.map(({ loss, logits }, position) => ({
        loss: loss?.data[0] ?? Number.NaN,
        ...countAnswers(logits!, feeds[position]!.labels),
      }));
    },
    weights: () => variables.read(trained),
    validate: async ({ step }, signal) =>
      validation && evaluation?.evaluate(variables, validation, { signal }).catch(asFailureAfter(step)),
    freeze: (state) => frozen(options, state, (names) => variables.read(names)),
    agree: async (questions) => questions,
    async dispose() {
      await executable?.dispose();
      await evaluation?.dispose();
      await variables.dispose();
    },
  };
}
