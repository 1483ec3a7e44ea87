import { fetchExamples } from "../data/fetch.js";
import { batchRows } from "../distributed/divided-training.js";
import { trainingProgram } from "../model/programs.js";
import type { TrainingState } from "./checkpoint.js";
import { isDueBetween } from "./checkpoint-every.js";
import { dividedDevice } from "./divided-device.js";
import { endEpoch } from "./end-epoch.js";
import type { EndEvent, TrainingEvent } from "./events.js";
import { feeder } from "./feeder.js";
import { scalarFeed } from "./feeds.js";
import { checkFitOptions, type FitOptions } from "./fit-options.js";
import { localDevice } from "./local-device.js";
import { groupSteps, type PlannedStep, planSteps } from "./plan.js";
import { changesByItself, learningRateAt } from "./schedule.js";
import { afterStep, startState } from "./state.js";
import { stepEvent } from "./step-event.js";
import { stepsPerRunFor } from "./steps-per-run.js";
import { isStopped } from "./watch.js";
import { watchedSteps, weightChanges } from "./weights.js";

/**
 * Trains a model and tells what happens on the way.
 *
 * The same options give the same numbers: all randomness comes from the seed, and a training resumed from a checkpoint
 * goes on bit for bit as if it had not been interrupted. Leaving the loop early frees everything.
 *
 * Throws, before any work, `InvalidArgumentError`, `ShapeError`, `DatasetError`, `WeightsError` or `CheckpointError` for
 * options that do not fit together; and `NonFiniteLossError` when a loss, of a step or of an evaluation, is NaN or infinite,
 * in which case the last checkpoint written is the last good one.
 *
 * @example
 * ```ts
 * for await (const event of fit({ model, backend, training, validation, epochs: 10, batchSize: 128 })) {
 *   if (event.type === "epoch") console.log(event.epoch, event.loss, event.accuracy);
 * }
 * ```
 */
export async function* fit(options: FitOptions): AsyncGenerator<TrainingEvent, void> {
  const began = performance.now();
  const checked = checkFitOptions(options);
  const { model, backend, batchSize, epochs, optimizer, schedule, seed, stepsPerEpoch, steps, signal, checkpoints } =
    checked;
  const { maxSeconds = Number.POSITIVE_INFINITY } = checked;
  const examples = checked.training;
  let state: TrainingState = startState(checked);
  const { division } = checked;
  const { size } = checked.communicator;
  const training = trainingProgram(model, batchRows(batchSize, division, size), optimizer);
  const device = size === 1 ? await localDevice(checked, training) : await dividedDevice(checked, training);

  async function feed({ step, epoch, indices }: PlannedStep) {
    const own = indices.subarray(...device.rows(indices.length));
    return device.feed(await fetchExamples(model, examples, own, epoch), step);
  }
  const rateAt = ({ step, epoch }: Pick<PlannedStep, "step" | "epoch">): number =>
    learningRateAt(schedule, state.schedule, { step, epoch, steps: epochs * stepsPerEpoch });
  const plan = planSteps({ dataset: examples, batchSize, seed, firstStep: state.step, steps });
  let secondsPerStep = 0;
  const stepsPerRun = (): number =>
    Math.min(device.mostSteps, checked.stepsPerRun ?? stepsPerRunFor(backend.info, training.program, secondsPerStep));
  const { steps: stepsPerSave } = checked.checkpointEvery;
  const isWatched = watchedSteps(checked);
  const groups = groupSteps(
    plan,
    stepsPerRun,
    ({ endsEpoch, step }) =>
      endsEpoch ||
      (stepsPerSave !== undefined && (step + 1) % stepsPerSave === 0) ||
      isWatched(step) ||
      isWatched(step + 1),
  );
  const feeds = feeder(groups, (group) => Promise.all(group.map(feed)));

  try {
    const { name } = model;
    yield {
      type: "start",
      model: name,
      backend: backend.info,
      step: state.step,
      steps,
      stepsPerEpoch,
      epochs,
      batchSize,
      ...(size > 1 && { ranks: size }),
    };
    const [saves = false] = await device.agree([checkpoints !== undefined]);
    // Weights to start from are perhaps nowhere else.
    if (saves && checked.parameters && !checked.resume) {
      const checkpoint = await device.freeze(state);
      if (checkpoints) {
        const location = await checkpoints.save(checkpoint);
        yield { type: "checkpoint", step: state.step, epoch: state.epoch, location };
      }
    }
    await device.compile();
    let reason: EndEvent["reason"] = steps < epochs * stepsPerEpoch ? "limit" : "completed";
    let saved = checked.resume !== undefined;
    let savedAt = performance.now();
    const secondsSinceSave = (): number => (performance.now() - savedAt) / 1000;
    feeds.prepare();
    let isEpochOver = state.evaluationDue === true;
    for (;;) {
      if (isEpochOver) {
        const end = yield* endEpoch(state, checked, device, secondsSinceSave());
        ({ state, saved } = end);
        if (saved) savedAt = performance.now();
        isEpochOver = false;
      }
      const startedAt = performance.now();
      const [aborted, isTimeUp] = await device.agree([
        signal?.aborted === true,
        startedAt - began >= maxSeconds * 1000,
      ]);
      if (aborted && (state.step < steps || state.evaluationDue)) {
        reason = "aborted";
        break;
      }
      if (isStopped(checked.earlyStop, state.earlyStop)) {
        reason = "earlyStop";
        break;
      }
      if (isTimeUp && state.step < steps) {
        reason = "limit";
        break;
      }
      const next = await feeds.next();
      if (!next) break;
      const { group, fed } = next;
      const rates = group.map(rateAt);
      const learningRate = rates[0]!;
      const { learningRate: previous } = state;
      if (previous !== undefined && previous !== learningRate && !changesByItself(schedule, state.step)) {
        yield { type: "learningRate", step: state.step + 1, epoch: group[0]!.epoch + 1, previous, learningRate };
      }
      // The next batches are asked for before the engine takes the thread, so that workers fetch them in the meantime.
      feeds.prepare();
      const watched = isWatched(group[0]!.step);
      const before = watched ? await device.weights() : {};
      const outcomes = await device.run(
        group.map(({ step }, position) => {
          const { labels, inputs } = fed[position]!;
          const scalars = scalarFeed(optimizer, { step, learningRate: rates[position]! });
          return { labels, inputs: { ...inputs, ...scalars } };
        }),
      );
      for (const { release } of fed) release?.();
      const seconds = (performance.now() - startedAt) / 1000 / group.length;
      secondsPerStep = seconds;
      for (const [position, { step, epoch }] of group.entries()) {
        const at = { step, epoch, learningRate: rates[position]!, seconds };
        const event = stepEvent(outcomes[position]!, at);
        state = afterStep(state, event);
        saved = false;
        yield event;
      }
      if (watched) {
        const parameters = weightChanges(before, await device.weights());
        yield { type: "weights", step: state.step, epoch: group[0]!.epoch + 1, parameters };
      }
      isEpochOver = group.at(-1)!.endsEpoch;
      const isDue = saves && !isEpochOver && isDueBetween(checked.checkpointEvery, state.step, secondsSinceSave());
      const [isSaved] = await device.agree([isDue]);
      if (isSaved) {
        const checkpoint = await device.freeze(state);
        const at = { step: state.step, epoch: state.epoch };
        if (checkpoints) yield { type: "checkpoint", ...at, location: await checkpoints.save(checkpoint) };
        saved = true;
        savedAt = performance.now();
      }
    }
    const at = { step: state.step, epoch: state.epoch };
    const checkpoint = await device.freeze(state);
    if (checkpoints && !saved)
      yield { type: "checkpoint", ...at, location: await checkpoints.save(checkpoint), atEnd: true };
    yield { type: "end", reason, ...at, checkpoint };
  } finally {
    await device.dispose();
  }
}
