import type { StepEvent, TrainingEvent } from "@alexnet/core";
import { gauge } from "../../text/bar.js";
import type { Colors } from "../../text/colors.js";
import { duration, loss, percent, rate } from "../../text/format.js";
import { width } from "../../text/width.js";

/** Where a training is, for the line that shows it. */
export interface ProgressState {
  readonly epoch: number;
  readonly epochs: number;
  /** Within the epoch. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Means over the epoch so far. */
  readonly loss: number;
  readonly accuracy: number;
  readonly imagesPerSecond: number;
  /** Share of the time in which ranks exchange what they have come to, where there are several. */
  readonly exchanging?: number;
  /** Until the end of the training. */
  readonly secondsLeft: number;
  readonly evaluating: boolean;
}

/** How much of the estimate a new step is. */
const NEWEST = 0.1;

/** Follows the events of a training. The function it returns gives the state after one more. */
export function progressTracker(): (event: TrainingEvent) => ProgressState | undefined {
  let start: Extract<TrainingEvent, { type: "start" }> | undefined;
  let state: ProgressState | undefined;
  let secondsPerImage: number | undefined;
  let exchanging: number | undefined;
  let steps = 0;
  let evaluationSeconds = 0;
  let sums = { epoch: 0, examples: 0, loss: 0, correct: 0 };

  const left = (step: number, examples: number): number => {
    if (!start) return 0;
    const evaluations = Math.ceil((start.steps - step) / start.stepsPerEpoch);
    return (start.steps - step) * examples * (secondsPerImage ?? 0) + evaluations * evaluationSeconds;
  };

  const afterStep = (event: StepEvent): void => {
    if (!start) return;
    const pace = event.seconds / event.examples;
    // The first step carries what is done only once, such as compiling; it counts until there is a second one.
    secondsPerImage =
      steps < 2 || secondsPerImage === undefined ? pace : secondsPerImage + NEWEST * (pace - secondsPerImage);
    if (event.exchangeSeconds !== undefined) {
      const share = event.exchangeSeconds / event.seconds;
      exchanging = steps < 2 || exchanging === undefined ? share : exchanging + NEWEST * (share - exchanging);
    }
    steps++;
    if (sums.epoch !== event.epoch) sums = { epoch: event.epoch, examples: 0, loss: 0, correct: 0 };
    sums.examples += event.examples;
    sums.loss += event.loss * event.examples;
    sums.correct += event.accuracy * event.examples;
    state = {
      epoch: event.epoch,
      epochs: start.epochs,
      step: event.step - (event.epoch - 1) * start.stepsPerEpoch,
      stepsPerEpoch: start.stepsPerEpoch,
      loss: sums.loss / sums.examples,
      accuracy: sums.correct / sums.examples,
      imagesPerSecond: 1 / secondsPerImage,
      ...(exchanging !== undefined && { exchanging }),
      secondsLeft: left(event.step, start.batchSize),
      evaluating: false,
    };
  };

  return (event) => {
    if (event.type === "start") start = event;
    if (event.type === "step") afterStep(event);
    if (event.type === "epoch" && state) state = { ...state, evaluating: true };
    if (event.type === "evaluation") {
      evaluationSeconds = event.evaluation.seconds;
      if (state) state = { ...state, evaluating: false };
    }
    return state;
  };
}

/** Images a second of all ranks, and how much of the time they exchange what they have come to. */
function speed({ imagesPerSecond, exchanging }: ProgressState): string {
  return `${rate(imagesPerSecond)} images/s${exchanging === undefined ? "" : `, ${percent(exchanging)} exchanging`}`;
}

/** The state in one line of at most so many columns; what is least needed goes first when there is no room. */
export function progressLine(state: ProgressState, columns: number, colors: Colors): string {
  const head = `epoch ${state.epoch}/${state.epochs}`;
  const steps = state.evaluating ? "evaluating" : `${state.step}/${state.stepsPerEpoch}`;
  const parts = [
    head,
    steps,
    `loss ${loss(state.loss)}`,
    percent(state.accuracy),
    speed(state),
    `${duration(state.secondsLeft)} left`,
  ];
  // In the order in which they are given up: speed, accuracy, loss, time, steps.
  for (const dropped of [[], [4], [4, 3], [4, 3, 2], [4, 3, 2, 5], [4, 3, 2, 5, 1]]) {
    const shown = parts.filter((_, index) => !dropped.includes(index));
    const room = columns - width(shown.join("  ")) - 2;
    if (room < 6 && dropped.length < 5) continue;
    const bar = room >= 6 ? [colors.green(gauge(state.step / state.stepsPerEpoch, Math.min(room, 24)))] : [];
    const line = [...shown.slice(0, 1), ...bar, ...shown.slice(1)].join("  ");
    return width(line) <= columns ? line : line.slice(0, columns);
  }
  return head;
}

/** The state in plain words, for logs. */
export function progressText(state: ProgressState): string {
  return (
    `epoch ${state.epoch}/${state.epochs}, step ${state.step}/${state.stepsPerEpoch}: loss ${loss(state.loss)}, ` +
    `accuracy ${percent(state.accuracy)}, ${speed(state)}, ${duration(state.secondsLeft)} left`
  );
}
