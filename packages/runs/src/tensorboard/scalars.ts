import type { EventRecord } from "../record.js";

/** The numbers that an event of a training tells, by the tags they have in TensorBoard; none for most kinds. */
export function scalarsOf(event: EventRecord): Readonly<Record<string, number>> {
  switch (event.type) {
    case "step": {
      const { loss, accuracy, learningRate, examples, seconds } = event;
      return {
        "train/loss": loss,
        "train/accuracy": accuracy,
        learning_rate: learningRate,
        images_per_second: examples / seconds,
      };
    }
    case "epoch":
      return { "epoch/loss": event.loss, "epoch/accuracy": event.accuracy };
    case "evaluation": {
      const { loss, top1, top5 } = event.evaluation;
      return { "test/loss": loss, "test/top1": top1, "test/top5": top5 };
    }
    case "weights":
      return Object.fromEntries(
        Object.entries(event.parameters).flatMap(([name, { magnitude, change }]) => [
          [`weights/${name}`, magnitude],
          [`changes/${name}`, change],
          [`ratios/${name}`, change / magnitude],
        ]),
      );
    default:
      return {};
  }
}
