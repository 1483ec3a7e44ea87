import { ProgramError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { type Communicator, type Floats, floatsLike } from "./communicator.js";
import { localShape } from "./layout.js";
import type { Exchange } from "./partition.js";
import { gatherWhole, inParts } from "./parts.js";

/** Values up to this many bytes are put into one array, so that there is one sum for all of them: each has a price of its own. */
const SMALL = 2 ** 20;

/** Exchanges what a stage has come to, and gives the results by name. Large sums are added up in place. */
export async function exchangeValues(
  communicator: Communicator,
  exchanges: readonly Exchange[],
  values: ReadonlyMap<string, Tensor>,
): Promise<ReadonlyMap<string, Tensor>> {
  const results = new Map<string, Tensor>();
  const sums = exchanges.filter(({ from, to }) => from.kind === "partial" && to.kind === "whole");
  await addUp(
    communicator,
    sums.map(({ value }) => values.get(value)!.data),
  );
  for (const { value, result, shape } of sums) results.set(result, { shape, data: values.get(value)!.data });
  for (const { value, result, shape, from, to } of exchanges) {
    const local = values.get(value)!;
    if (from.kind === "divided" && to.kind === "whole") {
      results.set(result, await gatherWhole(communicator, local, from, shape));
    } else if (from.kind === "partial" && to.kind === "divided") {
      const data = await communicator.reduceScatter(inParts(local.data, to.before, communicator.size));
      results.set(result, { shape: localShape(shape, to, communicator.size), data });
    } else if (!results.has(result)) {
      throw new ProgramError(`There is no exchange of "${value}" from ${from.kind} to ${to.kind}.`);
    }
  }
  return results;
}

async function addUp(communicator: Communicator, arrays: readonly Floats[]): Promise<void> {
  const small: Floats[] = [];
  for (const array of arrays) {
    if (array.byteLength <= SMALL) small.push(array);
    else await communicator.allreduce(array);
  }
  const [first] = small;
  if (!first) return;
  const length = small.reduce((sum, array) => sum + array.length, 0);
  const bucket = floatsLike(first, length);
  let at = 0;
  for (const array of small) {
    bucket.set(array, at);
    at += array.length;
  }
  await communicator.allreduce(bucket);
  at = 0;
  for (const array of small) {
    array.set(bucket.subarray(at, at + array.length));
    at += array.length;
  }
}
