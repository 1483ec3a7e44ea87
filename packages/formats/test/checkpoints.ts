import { type Checkpoint, paperSgd, type TrainingState, tensor } from "@alexnet/core";

/** A state as core writes it, of this step. */
export function state(step: number, best?: number): TrainingState {
  return {
    model: "lenet5",
    step,
    epoch: 3,
    seed: 7,
    schedule: { best: 0.25, stale: 1, reductions: 0 },
    earlyStop: { best: null, stale: 0 },
    ...(best !== undefined && { best: { step: best, epoch: 1, loss: 1, top1: 0.5 } }),
    epochTotals: { examples: 64, loss: 12.5, correct: 40, seconds: 1.25 },
    identity: { dataset: "sample", examples: 750, batchSize: 32, optimizer: paperSgd },
  } as unknown as TrainingState;
}

/** A small checkpoint whose tensors depend on the step. */
export function checkpoint(step: number, best?: number): Checkpoint {
  return {
    parameters: { "fc.weight": tensor([2, 2], [step, 1, 2, 3]), "fc.bias": tensor([2], [0.5, -step]) },
    optimizerState: {
      velocities: { "fc.weight": tensor([2, 2], [0, 1, 0, 1]), "fc.bias": tensor([2], [step / 2, 0]) },
    },
    state: state(step, best),
  };
}
