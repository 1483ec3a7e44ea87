import { types } from "node:util";
import { type Dataset, DatasetError, DisposedError, hasCode, InvalidArgumentError } from "@alexnet/core";
import { checkKind, checkOptions, keysOf, messageOf } from "@alexnet/core/support";
import { checkIndices } from "./check-indices.js";
import { checkedSource, type ImageSource } from "./image-source.js";
import { checkedOutput, OUTPUT_OPTIONS, type OutputOptions } from "./output.js";
import type { Augmentation } from "./pixels/augment.js";
import { type BatchMakerOptions, type BatchTask, batchMaker } from "./pixels/batch-maker.js";
import { type Views, viewCounts } from "./pixels/views.js";
import { workerPool } from "./worker/pool.js";

/** How a dataset gives its images, and where it makes them ready. */
export interface ImageDatasetOptions extends OutputOptions {
  /**
   * Threads that make batches, at most; default 1, which is enough to stay ahead of a training that blocks the
   * JavaScript thread. With 0 batches are made on that thread, when they are asked for.
   */
  readonly workers?: number;
  /** How the images of a training are varied; not at all unless told. An evaluation gets the middle of what it takes its parts from. */
  readonly augment?: Augmentation;
  /** Several looks at each image, one example after the other, for `evaluate` with as many `views`. They are taken from `cropFrom`. */
  readonly views?: Views;
  /** `[height, width]` that images are resized to for `views`; `[256, 256]` in the paper. */
  readonly cropFrom?: readonly [height: number, width: number];
}

/** Makes the pixels of a batch, somewhere. */
interface Maker {
  run(task: BatchTask): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * A dataset over images in memory: each batch is resized as Pillow's bilinear filter does it (so as d2l has it), scaled
 * to `[0, 1]` and normalized. An idle worker does not keep the process alive.
 *
 * `batch` throws `DatasetError` for an index outside the dataset and when a worker dies, `DisposedError` after
 * `dispose`. Throws `InvalidArgumentError` for options out of range, `DatasetError` for a source that is not whole.
 */
export function imageDataset(source: ImageSource, options: ImageDatasetOptions = {}): Dataset {
  const { name, classNames, height, width, channels, pixels, labels } = checkedSource(source);
  checkOptions("imageDataset", options, {
    ...OUTPUT_OPTIONS,
    workers: true,
    augment: true,
    views: true,
    cropFrom: true,
  });
  const { workers = 1, augment, views, cropFrom } = options;
  if (views !== undefined) checkKind("imageDataset: views", views, keysOf(viewCounts));
  if (augment && views)
    throw new InvalidArgumentError("imageDataset: views are for evaluations, augment is for trainings.");
  if (cropFrom && !views)
    throw new InvalidArgumentError("imageDataset: cropFrom is for views; for a training it is in augment.");
  if (!Number.isSafeInteger(workers) || workers < 0) {
    throw new InvalidArgumentError(`workers must be a whole number of 0 or more; got ${workers}.`);
  }
  const from = { height, width, channels };
  const { to, resizing, normalization } = checkedOutput(
    from,
    options,
    augment ?? (views && { seed: 0, ...(cropFrom && { cropFrom }) }),
  );
  const count = views ? viewCounts[views] : 1;
  const making: BatchMakerOptions = { pixels, from, to, resizing, normalization, augmentation: augment, views };
  const maker = workers === 0 ? inlineMaker(name, making) : workerMaker(name, making, workers);
  return {
    name,
    length: labels.length * count,
    imageShape: [to.channels, to.height, to.width],
    classNames,
    async batch(indices, epoch) {
      checkIndices({ name, length: labels.length * count }, indices);
      const chosen = Int32Array.from(indices);
      const data = await maker.run({ indices: chosen, epoch });
      return {
        images: { shape: [chosen.length, to.channels, to.height, to.width], data },
        labels: chosen.map((index) => labels[Math.floor(index / count)]!),
      };
    },
    dispose: () => maker.dispose(),
  };
}

function inlineMaker(name: string, making: BatchMakerOptions): Maker {
  const makeBatch = batchMaker(making);
  let disposed = false;
  return {
    async run(task) {
      if (disposed) {
        throw new DisposedError(`${name} was used after its dispose.`);
      }
      return makeBatch(task);
    },
    async dispose() {
      disposed = true;
    },
  };
}

function workerMaker(name: string, making: BatchMakerOptions, size: number): Maker {
  const pool = workerPool<BatchTask, Float32Array>({
    url: new URL("./worker/batch-worker.js", import.meta.url),
    workerData: { ...making, pixels: shared(making.pixels) },
    size,
    owner: name,
  });
  return {
    async run(task) {
      try {
        return await pool.run(task);
      } catch (cause) {
        if (hasCode(cause, "DISPOSED")) {
          throw cause;
        }
        throw new DatasetError(`A worker of ${name} failed: ${messageOf(cause)}`, { cause });
      }
    },
    dispose: () => pool.dispose(),
  };
}

/** The same pixels in memory that threads share, copied only where they are not there yet. */
function shared(pixels: Uint8Array): Uint8Array {
  if (types.isSharedArrayBuffer(pixels.buffer)) return pixels;
  const copy = new Uint8Array(new SharedArrayBuffer(pixels.byteLength));
  copy.set(pixels);
  return copy;
}
