/** How well a model does on a dataset. */
export interface Evaluation {
  readonly examples: number;
  /** Mean cross-entropy, natural logarithm. */
  readonly loss: number;
  /** Share of examples whose most likely class is the right one. */
  readonly top1: number;
  /** Share of examples whose right class is among the five most likely. */
  readonly top5: number;
  /** `confusion[label][answer]`: how many examples of a class were taken for which. */
  readonly confusion: readonly (readonly number[])[];
  /** Those with the largest losses, the largest first, as many as were asked for. */
  readonly worst?: readonly WorstExample[];
  readonly seconds: number;
}

/** An example and what was answered. */
export interface WorstExample {
  /** In the dataset. */
  readonly index: number;
  readonly label: number;
  /** The class that was thought the most likely, and how likely. */
  readonly answer: number;
  readonly probability: number;
  readonly loss: number;
}
