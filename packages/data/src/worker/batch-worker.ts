import { parentPort, workerData } from "node:worker_threads";
import { type BatchMakerOptions, batchMaker } from "../pixels/batch-maker.js";
import type { WorkerReply, WorkerRequest } from "./protocol.js";

const port = parentPort!;
const makeBatch = batchMaker(workerData as BatchMakerOptions);

port.on("message", ({ id, task }: WorkerRequest<Int32Array>) => {
  try {
    const result = makeBatch(task);
    port.postMessage({ id, result } satisfies WorkerReply<Float32Array>, [result.buffer as ArrayBuffer]);
  } catch (error) {
    port.postMessage({ id, error } satisfies WorkerReply<Float32Array>);
  }
});
