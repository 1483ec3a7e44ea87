import { move, transferableSymbol, valueSymbol, workerData } from "piscina";
import { type BatchMakerOptions, type BatchTask, batchMaker } from "./batch-maker.js";

const { make } = batchMaker(workerData as BatchMakerOptions); // As `imageDataset` hands it over.
let last: Promise<unknown> = Promise.resolve();

/** A batch. One is made after the other, so that the first asked for is the first there. Its pixels are handed over, not copied. */
export default (task: BatchTask): Promise<unknown> => {
  const made = last.then(async () => {
    const batch = await make(task);
    return move({ [transferableSymbol]: batch.data.buffer, [valueSymbol]: batch });
  });
  last = made.catch(() => {});
  return made;
};
