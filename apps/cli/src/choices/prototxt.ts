import { readFile } from "node:fs/promises";
import { WeightsError } from "@alexnet/core";
import { describeFailure } from "@alexnet/files";

/** The text of a `deploy.prototxt` that was named, as the readers of weights take it. Throws `WeightsError`. */
export async function readPrototxt(path: string | undefined): Promise<{ readonly prototxt?: string }> {
  if (path === undefined) return {};
  try {
    return { prototxt: await readFile(path, "utf8") };
  } catch (cause) {
    throw new WeightsError(`Cannot read ${path}: ${describeFailure(cause)}.`, { cause });
  }
}
