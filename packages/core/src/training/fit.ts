import type { Executable, Variables } from "../backend/backend.js";
import { hasCode, NonFiniteLossError } from "../errors.js";
import { initialParameters, parametersOf } from "../model/parameters.js";
import { trainingProgram, velocityOf } from "../model/programs.js";
import { firstNonFinite, type Tensor, type TensorMap, zeros } from "../tensor.js";
import type { Checkpoint, EpochTotals, TrainingState } from "./checkpoint.js";
import { evaluator, evenBatchSize } from "./evaluate.js";
import type { StepEvent, TrainingEvent } from "./events.js";
import { trainingFeed } from "./feeds.js";
import { fetchExamples } from "./fetch.js";
import { type CheckedFitOptions, checkFitOptions, type FitOptions } from "./fit-options.js";
import { bestClass, firstNonFiniteScore, row } from "./metrics.js";
import { groupSteps, type PlannedStep, planSteps } from "./plan.js";
import { afterEvaluation, learningRateAt, scheduleStart } from "./schedule.js";
import { stepsPerRunFor } from "./steps-per-run.js";
import { noProgress, watch } from "./watch.js";

const NO_TOTALS: EpochTotals = { examples: 0, loss: 0, correct: 0, seconds: 0 };

/**
 * Trains a model and tells what happens on the way:
 *
 * ```ts
 * for await (const event of fit({ model, backend, training, validation, epochs: 10, batchSize: 128 })) {
 *   if (event.type === "epoch") console.log(event.epoch, event.loss, event.accuracy);
 * }
 * ```
 *
 * The same options give the same numbers: all randomness comes from the seed, and a training resumed from a checkpoint
 * goes on bit for bit as if it had not been interrupted. Leaving the loop early frees everything.
 *
 * Throws, before any work, `InvalidArgumentError`, `ShapeError`, `DatasetError`, `WeightsError` or `CheckpointError` for
 * options that do not fit together; and `NonFiniteLossError` when a loss, of a step or of an evaluation, is NaN or infinite,
 * in which case the last checkpoint written is the last good one.
 */
export async function* fit(options: FitOptions): AsyncGenerator<TrainingEvent, void> {
  const checked = checkFitOptions(options);
  const { model, backend, validation, batchSize, schedule, seed, stepsPerEpoch, steps, signal } = checked;
  let state: TrainingState = checked.resume?.state ?? {
    model: model.name,
    step: 0,
    epoch: 0,
    seed,
    schedule: scheduleStart,
    earlyStop: noProgress,
    epochTotals: NO_TOTALS,
    recipe: checked.recipe,
  };
  const learningRate = (step: number, epoch: number): number =>
    learningRateAt(schedule, state.schedule, { step, epoch, steps: checked.epochs * stepsPerEpoch });

  const variables = await backend.createVariables(startValues(checked));
  const evaluation = validation && evaluator(model, backend, evenBatchSize(validation.length, batchSize));
  const training = trainingProgram(model, batchSize, checked.optimizer);
  let executable: Executable | undefined;
  const isDue = (every: number, { step, epoch, endsEpoch }: PlannedStep): boolean =>
    endsEpoch && ((epoch + 1) % every === 0 || step + 1 === steps);
  const plan = planSteps({ examples: checked.training.length, batchSize, seed, firstStep: state.step, steps });
  const stepsPerRun = checked.stepsPerRun ?? stepsPerRunFor(backend.info, training.program);
  const groups = groupSteps(plan, stepsPerRun, ({ endsEpoch }) => endsEpoch);

  async function prepare(group: readonly PlannedStep[]) {
    const batches = await Promise.all(group.map(({ indices }) => fetchExamples(model, checked.training, indices)));
    return group.map(({ step, epoch }, position) => {
      const rate = learningRate(step, epoch);
      const batch = batches[position]!;
      const feed = trainingFeed(training, batch, { classes: model.classes, learningRate: rate, seed, step });
      return { feed, labels: batch.labels, learningRate: rate };
    });
  }

  try {
    yield {
      type: "start",
      model: model.name,
      backend: backend.info,
      step: state.step,
      steps,
      stepsPerEpoch,
      epochs: checked.epochs,
      batchSize,
    };
    executable = await backend.compile(training.program);
    let reason: "completed" | "earlyStop" | "aborted" = "completed";
    let saved: number | undefined = checked.resume?.state.step;
    let group = groups.next().value;
    let prepared = group && ahead(prepare(group));
    while (group && prepared) {
      if (signal?.aborted) {
        reason = "aborted";
        break;
      }
      const current = group;
      const last = current.at(-1)!;
      const startedAt = performance.now();
      const inputs = await prepared;
      const rate = inputs[0]!.learningRate;
      const { learningRate: previous } = state;
      if (schedule.kind !== "polynomial" && previous !== undefined && previous !== rate) {
        yield {
          type: "learningRate",
          step: state.step + 1,
          epoch: current[0]!.epoch + 1,
          previous,
          learningRate: rate,
        };
      }
      // The next batches are asked for before the engine takes the thread, so that workers fetch them in the meantime.
      // Across an evaluation they are not: it may change the learning rate they are fed with.
      group = groups.next().value;
      prepared = group && !last.endsEpoch ? ahead(prepare(group)) : undefined;
      const outputs = await executable.run(
        variables,
        inputs.map(({ feed }) => feed),
      );
      const seconds = (performance.now() - startedAt) / 1000 / current.length;
      for (const [position, { step, epoch }] of current.entries()) {
        const { labels, learningRate: rateOfStep } = inputs[position]!;
        const event = stepEvent(outputs[position]!, labels, {
          step,
          epoch,
          learningRate: rateOfStep,
          seconds,
        });
        state = { ...state, step: step + 1, learningRate: rateOfStep, epochTotals: addStep(state.epochTotals, event) };
        yield event;
      }
      if (last.endsEpoch) {
        const { examples, loss, correct, seconds: elapsed } = state.epochTotals;
        state = { ...state, epoch: last.epoch + 1, epochTotals: NO_TOTALS };
        const at = { step: state.step, epoch: state.epoch };
        yield { type: "epoch", ...at, loss: loss / examples, accuracy: correct / examples, examples, seconds: elapsed };
        if (validation && evaluation && isDue(checked.evaluateEvery, last)) {
          const result = await evaluation.evaluate(variables, validation).catch(rethrowAfter(state.step));
          state = { ...state, schedule: afterEvaluation(schedule, state.schedule, result) };
          if (checked.earlyStop) state = { ...state, earlyStop: watch(checked.earlyStop, state.earlyStop, result) };
          yield { type: "evaluation", ...at, evaluation: result };
        }
        if (checked.checkpoints && isDue(checked.checkpointEvery, last)) {
          const location = await checked.checkpoints.save(await freeze(variables, checked, state));
          saved = state.step;
          yield { type: "checkpoint", ...at, location };
        }
        if (checked.earlyStop && state.earlyStop.stale > checked.earlyStop.patience) {
          reason = "earlyStop";
          break;
        }
        prepared = group && ahead(prepare(group));
      }
    }
    const at = { step: state.step, epoch: state.epoch };
    const checkpoint = await freeze(variables, checked, state);
    if (checked.checkpoints && saved !== state.step) {
      yield { type: "checkpoint", ...at, location: await checked.checkpoints.save(checkpoint) };
    }
    yield { type: "end", reason, ...at, checkpoint };
  } finally {
    await executable?.dispose();
    await evaluation?.dispose();
    await variables.dispose();
  }
}

/** Weights from the checkpoint, the caller or the initializers; velocities from the checkpoint or zero. */
function startValues({ model, seed, optimizer, parameters, resume }: CheckedFitOptions): TensorMap {
  const values: Record<string, Tensor> = { ...(resume?.parameters ?? parameters ?? initialParameters(model, seed)) };
  if (optimizer.momentum > 0) {
    for (const { name, shape } of parametersOf(model))
      values[velocityOf(name)] = resume?.velocities[name] ?? zeros(shape);
  }
  return values;
}

function stepEvent(
  { loss, logits }: TensorMap,
  labels: Int32Array,
  at: { readonly step: number; readonly epoch: number; readonly learningRate: number; readonly seconds: number },
): StepEvent {
  const value = loss?.data[0] ?? Number.NaN;
  const step = at.step + 1;
  const answers = logits!;
  const strange = firstNonFiniteScore(answers, labels.length);
  if (!Number.isFinite(value) || strange >= 0) {
    const found = Number.isFinite(value)
      ? `An answer in step ${step} is ${answers.data[strange]}`
      : `The loss of step ${step} is ${value}`;
    throw new NonFiniteLossError(
      step,
      `${found}. Lower the learning rate (it was ${at.learningRate}) or check the data; ` +
        "the last checkpoint written is the last good one.",
    );
  }
  const correct = labels.reduce((sum, label, example) => sum + Number(bestClass(row(answers, example)) === label), 0);
  return {
    type: "step",
    ...at,
    step,
    epoch: at.epoch + 1,
    loss: value,
    accuracy: correct / labels.length,
    examples: labels.length,
  };
}

/** An evaluation whose outputs are not finite ends the training, as a step whose loss is not finite does. */
function rethrowAfter(step: number): (error: unknown) => never {
  return (cause) => {
    if (!hasCode(cause, "NON_FINITE_OUTPUT")) throw cause;
    throw new NonFiniteLossError(
      step,
      `The evaluation after step ${step} is not finite. ${cause.message} Lower the learning rate; the last checkpoint ` +
        "written is the last good one.",
      { cause },
    );
  };
}

function addStep(totals: EpochTotals, { loss, accuracy, examples, seconds }: StepEvent): EpochTotals {
  return {
    examples: totals.examples + examples,
    loss: totals.loss + loss * examples,
    correct: totals.correct + Math.round(accuracy * examples),
    seconds: totals.seconds + seconds,
  };
}

/** Reads the training back from the device. Refuses weights that are not finite: they would spoil a checkpoint. */
async function freeze(
  variables: Variables,
  { model, optimizer }: CheckedFitOptions,
  state: TrainingState,
): Promise<Checkpoint> {
  const names = parametersOf(model).map(({ name }) => name);
  const parameters = await variables.read(names);
  for (const [name, { data }] of Object.entries(parameters)) {
    if (firstNonFinite(data) >= 0) {
      throw new NonFiniteLossError(
        state.step,
        `After step ${state.step} "${name}" is no longer finite. Lower the learning rate; the last checkpoint written is the last good one.`,
      );
    }
  }
  const velocities: Record<string, Tensor> = {};
  if (optimizer.momentum > 0) {
    const read = await variables.read(names.map(velocityOf));
    for (const name of names) velocities[name] = read[velocityOf(name)]!;
  }
  return { parameters, velocities, state };
}

/** Marks a promise as awaited later, so that a failure in the meantime is not taken for one nobody handles. */
function ahead<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}
