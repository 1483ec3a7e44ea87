import { move, workerData } from "piscina";
import { type BatchMakerOptions, batchMaker } from "../pixels/batch-maker.js";

const makeBatch = batchMaker(workerData as BatchMakerOptions); // As `imageDataset` hands it over.

/** The pixels of the images at these places. Their memory is handed over, not copied. */
export default (indices: Int32Array): unknown => move(makeBatch(indices));
