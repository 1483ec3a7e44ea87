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
  readonly seconds: number;
}
