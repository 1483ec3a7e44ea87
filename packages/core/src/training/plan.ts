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
 * seed and number; its last batch is smaller when the batch size does not divide the number of examples.
 */
export function* planSteps(options: {
  readonly examples: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly firstStep: number;
  readonly steps: number;
}): Generator<PlannedStep, void> {
  const { examples, batchSize, seed, firstStep, steps } = options;
  const stepsPerEpoch = Math.ceil(examples / batchSize);
  for (let epoch = Math.floor(firstStep / stepsPerEpoch); epoch * stepsPerEpoch < steps; epoch++) {
    const order = permutation({ seed, purpose: "shuffle", step: epoch }, examples);
    const first = epoch * stepsPerEpoch;
    for (let step = Math.max(first, firstStep); step < Math.min(first + stepsPerEpoch, steps); step++) {
      const start = (step - first) * batchSize;
      const indices = order.subarray(start, start + batchSize);
      yield { step, epoch, indices, endsEpoch: step === first + stepsPerEpoch - 1 };
    }
  }
}

/**
 * The same steps in groups to be handed to the backend together: at most `size` long, and never past a step after which
 * something else is to happen.
 */
export function* groupSteps(
  steps: Iterable<PlannedStep>,
  size: number,
  breaksAfter: (step: PlannedStep) => boolean,
): Generator<readonly PlannedStep[], void> {
  let group: PlannedStep[] = [];
  for (const step of steps) {
    group.push(step);
    if (group.length === size || breaksAfter(step)) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}
