import type { Dataset } from "../data/dataset.js";
import { DatasetError } from "../errors.js";
import { permutation } from "../random/random.js";

/** One step of a training: where it is and which examples it sees. Steps and epochs count from 0. */
export interface PlannedStep {
  readonly step: number;
  readonly epoch: number;
  readonly indices: Uint32Array;
  /** Whether the epoch ends with it. */
  readonly endsEpoch: boolean;
}

/**
 * The steps from `firstStep` up to `steps`, in order. Each epoch visits every example once, in an order drawn for its
 * seed and number, by the dataset where it has a way of its own; its last batch is smaller when the batch size does not divide the
 * number of examples. Throws `DatasetError` for an order that does not visit each once.
 */
export function* planSteps(options: {
  readonly dataset: Pick<Dataset, "name" | "length" | "order">;
  readonly batchSize: number;
  readonly seed: number;
  readonly firstStep: number;
  readonly steps: number;
}): Generator<PlannedStep, void> {
  const { dataset, batchSize, seed, firstStep, steps } = options;
  const stepsPerEpoch = Math.ceil(dataset.length / batchSize);
  for (let epoch = Math.floor(firstStep / stepsPerEpoch); epoch * stepsPerEpoch < steps; epoch++) {
    const order = dataset.order
      ? checkedOrder(dataset, dataset.order({ seed, epoch }))
      : permutation({ seed, purpose: "shuffle", step: epoch }, dataset.length);
    const first = epoch * stepsPerEpoch;
    for (let step = Math.max(first, firstStep); step < Math.min(first + stepsPerEpoch, steps); step++) {
      const start = (step - first) * batchSize;
      const indices = order.subarray(start, start + batchSize);
      yield { step, epoch, indices, endsEpoch: step === first + stepsPerEpoch - 1 };
    }
  }
}

function checkedOrder({ name, length }: Pick<Dataset, "name" | "length">, order: Uint32Array): Uint32Array {
  const seen = new Uint8Array(length);
  for (const index of order) seen[index] = 1;
  if (order.length !== length || seen.includes(0)) {
    throw new DatasetError(`The order of "${name}" does not visit each of its ${length} examples once.`);
  }
  return order;
}

/**
 * The same steps in groups to be handed to the backend together: at most `size()` long, and never past a step after which
 * something else is to happen.
 */
export function* groupSteps(
  steps: Iterable<PlannedStep>,
  size: () => number,
  breaksAfter: (step: PlannedStep) => boolean,
): Generator<readonly PlannedStep[], void> {
  let group: PlannedStep[] = [];
  let most = size();
  for (const step of steps) {
    group.push(step);
    if (group.length >= most || breaksAfter(step)) {
      yield group;
      group = [];
      most = size();
    }
  }
  if (group.length > 0) yield group;
}
