import { move, workerData } from "piscina";
import { type BatchMakerOptions, type BatchTask, batchMaker } from "../pixels/batch-maker.js";

const makeBatch = batchMaker(workerData as BatchMakerOptions); // As `imageDataset` hands it over.

/** The pixels of the images at these places. Their memory is handed over, not copied. */
export default (task: BatchTask): unknown => move(makeBatch(task));
