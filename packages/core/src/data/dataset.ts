import type { Shape, Tensor } from "../tensor.js";

/** Examples taken from a dataset in the order they were asked for. */
export interface Batch {
  /** Pixels ready for the model, `[N, C, H, W]`, float32. */
  readonly images: Tensor;
  /** Class index of each image, `[N]`, in `[0, classNames.length)`. */
  readonly labels: Int32Array;
  /** Which of the examples asked for are not among them, because their pictures cannot be read: their positions, the first first. */
  readonly skipped?: readonly number[];
  /** Called when the images are needed no more: their memory may then be that of another batch. */
  release?(): void;
}

/**
 * Labeled images with random access. Asking twice for the same examples gives the same bits, so a training can be
 * repeated and resumed exactly.
 */
export interface Dataset {
  readonly name: string;
  /** Number of examples. */
  readonly length: number;
  /** Shape of one image, `[C, H, W]`. */
  readonly imageShape: Shape;
  /** Name of each class, in index order. */
  readonly classNames: readonly string[];
  /**
   * What decides its examples beside the name and the number of them, as plain JSON: which files, how images are prepared and varied.
   * A training is not resumed with another.
   */
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * The order in which an epoch (counted from 0) of a training visits the examples, each once: for data that are quicker to read in
   * some orders than in others. A function of its arguments alone. All orders are equally likely unless it is there.
   */
  order?(draw: { readonly seed: number; readonly epoch: number }): Uint32Array;
  /**
   * Fetches examples by index, in the given order. May work on another thread: the training loop asks for the next
   * batch before it runs the current one. Throws `DatasetError` for an index outside the dataset.
   *
   * `epoch`, counted from 0, is told by a training and by nobody else. A dataset that varies its images draws by it, its seed and
   * the index; others pay no heed.
   */
  batch(indices: ArrayLike<number>, epoch?: number): Promise<Batch>;
  /** Frees workers and buffers; idempotent. */
  dispose?(): Promise<void>;
}
