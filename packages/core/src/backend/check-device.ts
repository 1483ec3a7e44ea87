import { InvalidArgumentError } from "../errors.js";
import { describeValue } from "../support/options.js";
import { suggestion } from "../support/suggest.js";

/** More threads than the largest machines have cores; starting many more takes minutes and gigabytes. */
const MOST_THREADS = 1024;

/** Throws `InvalidArgumentError` unless this is a number of threads that an engine can be asked for. */
export function checkThreads(threads: number): void {
  if (Number.isSafeInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return;
  throw new InvalidArgumentError(
    `threads must be a whole number from 1 to ${MOST_THREADS}; got ${describeValue(threads)}.`,
  );
}

/** Throws `InvalidArgumentError` unless the backends of this name, `tfjs`, have the device. */
export function checkDevice(backend: string, device: unknown, devices: readonly string[]): void {
  if (typeof device === "string" && devices.includes(device)) return;
  const hint = typeof device === "string" ? suggestion(device, devices) : "";
  throw new InvalidArgumentError(
    `${backend} has no device ${describeValue(device)}.${hint} It has ${devices.join(", ")}.`,
  );
}

/** Throws `InvalidArgumentError` for threads that the backend, `tfjs:wasm`, cannot be asked for, or for any if it has no choice. */
export function checkDeviceThreads(backend: string, threads: number | undefined, choosable: boolean): void {
  if (threads === undefined) return;
  if (!choosable) throw new InvalidArgumentError(`${backend} has no threads to choose; leave threads out.`);
  checkThreads(threads);
}
