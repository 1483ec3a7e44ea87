import type { Variables } from "../backend/backend.js";
import { compileDivided, type DividedExecutable, ownVariables } from "../distributed/divided-executable.js";
import { partition } from "../distributed/partition.js";
import { gatherWhole, partOf } from "../distributed/parts.js";
import { placementOf } from "../distributed/placement.js";
import { evenBatchSize } from "../inference/batch-size.js";
import { evaluator } from "../inference/evaluator.js";
import { addedUp, shareOf } from "../inference/share.js";
import { trainedParameters } from "../model/fine-tuning.js";
import { parametersOf } from "../model/parameters.js";
import type { ModelProgram } from "../model/programs.js";
import type { Tensor, TensorMap } from "../tensor.js";
import { asFailureAfter, frozen, type PreparedDevice, type StepFeed, startValues } from "./device.js";
import { drawnPart, imageRows, labelRows, weightedLabels } from "./feeds.js";
import type { CheckedFitOptions } from "./fit-options.js";
import { countAnswers, type StepOutcome } from "./step-event.js";

/**
 * Puts a rank's part of a training on its backend. The batch, its order, masks and augmentation are those of one rank; which of them this one has
 * follows from the division. All ranks call the same methods in the same order.
 */
export async function dividedDevice(options: CheckedFitOptions, training: ModelProgram): Promise<PreparedDevice> {
  const { model, backend, validation, batchSize, seed, communicator, division } = options;
  const { rank, size } = communicator;
  const divided = partition(training.program, placementOf(model, division, size), rank);
  const trained = trainedParameters(parametersOf(model)).map(({ name }) => name);
  const variables: Variables = await backend.createVariables(ownVariables(divided, startValues(options)));
  const share = validation && shareOf(validation, communicator);
  const evaluation =
    share && share.dataset.length > 0
      ? evaluator(model, backend, evenBatchSize(share.dataset.length, batchSize))
      : undefined;
  const allRows = training.program.inputs.images![0]!;
  const hasOwnImages = divided.inputs.get("images")!.layout.kind === "divided";
  const ownRows = hasOwnImages ? allRows / size : allRows;
  const first = hasOwnImages ? rank * ownRows : 0;
  const own = (name: string, value: Tensor): Tensor => partOf(value, divided.inputs.get(name)!.layout, rank, size);
  let executable: DividedExecutable | undefined;

  async function readWhole(names: readonly string[]): Promise<TensorMap> {
    const read = await variables.read(names);
    const gathered: [string, Tensor][] = [];
    for (const name of names) {
      const { layout, shape } = divided.variables.get(name)!;
      gathered.push([name, await gatherWhole(communicator, read[name]!, layout, shape)]);
    }
    return Object.fromEntries(gathered);
  }

  /** The label of every row of the batch. */
  const allLabels = async (labels: Int32Array): Promise<Int32Array> =>
    hasOwnImages ? Int32Array.from(await communicator.allgather(Float32Array.from(labels))) : labels;

  async function step({ labels, inputs }: StepFeed): Promise<StepOutcome> {
    const startedAt = performance.now();
    const rows = await allLabels(labels);
    const waited = (performance.now() - startedAt) / 1000;
    const examples = rows.filter((label) => label >= 0).length;
    const weighted = weightedLabels(rows, model.classes);
    const outputs = await executable!.run(variables, { ...inputs, labels: own("labels", weighted) });
    const answers = divided.outputs.get("logits")!;
    const isShared = answers.layout.kind === "divided";
    const answered = countAnswers(outputs.logits!, isShared ? rows.subarray(first, first + ownRows) : rows);
    const sums = Float64Array.of(answered.correct, Number(answered.strange !== undefined));
    if (isShared) await communicator.allreduce(sums);
    const [correct = 0, strange = 0] = sums;
    return {
      loss: outputs.loss?.data[0] ?? Number.NaN,
      examples,
      correct,
      ...(strange > 0 && { strange: answered.strange ?? Number.NaN }),
      exchangeSeconds: waited + executable!.exchangeSeconds(),
    };
  }

  return {
    mostSteps: 1,
    async compile() {
      executable = await compileDivided(backend, divided, communicator);
    },
    rows: (examples) =>
      hasOwnImages ? [Math.min(first, examples), Math.min(first + ownRows, examples)] : [0, examples],
    feed(batch, step) {
      const masks = training.masks.map((mask) => {
        const { layout } = divided.inputs.get(mask.input)!;
        return [mask.input, drawnPart(mask, { seed, step }, layout, communicator)] as const;
      });
      const inputs = { images: imageRows(batch, ownRows), ...Object.fromEntries(masks) };
      const { release } = batch;
      return { labels: labelRows(batch, ownRows), inputs, ...(release && { release }) };
    },
    async run(feeds) {
      const outcomes: StepOutcome[] = [];
      for (const feed of feeds) outcomes.push(await step(feed));
      return outcomes;
    },
    weights: () => readWhole(trained),
    async validate({ step }) {
      if (!share) return undefined;
      const names = parametersOf(model).map(({ name }) => name);
      const isWhole = names.every((name) => divided.variables.get(name)!.layout.kind === "whole");
      const whole = isWhole ? variables : await backend.createVariables(await readWhole(names));
      try {
        const found = await evaluation?.evaluate(whole, share.dataset).catch(asFailureAfter(step));
        return await addedUp(communicator, found, { classes: model.classes, first: share.first, worst: 0 });
      } finally {
        if (!isWhole) await whole.dispose();
      }
    },
    freeze: (state) => frozen(options, state, readWhole),
    async agree(questions) {
      const said = Float32Array.from(questions, Number);
      await communicator.allreduce(said);
      return Array.from(said, (count) => count > 0);
    },
    async dispose() {
      await executable?.dispose();
      await evaluation?.dispose();
      await variables.dispose();
    },
  };
}
