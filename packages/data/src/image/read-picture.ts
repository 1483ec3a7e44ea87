import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { DatasetError } from "@alexnet/core";
import { describeFailure } from "@alexnet/files";

/** A file of more is no picture that is trained on. */
export const mostPictureBytes = 256 * 2 ** 20;

/** The bytes of a file that should be a picture. Throws `DatasetError`, for devices and files beyond 256 MiB before they are read. */
export async function readPicture(path: string): Promise<Uint8Array> {
  let fault: string | undefined;
  try {
    // A pipe nobody writes to would be waited for; Windows has no such flag, and no such pipes.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = await file.stat();
      if (!found.isFile()) fault = "it is no file";
      else if (found.size > mostPictureBytes)
        fault = `it has ${found.size} bytes, more than the ${mostPictureBytes} that are read`;
      else return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new DatasetError(`Cannot read the image ${path}: ${describeFailure(cause)}.`, { cause });
  }
  throw new DatasetError(`Cannot read the image ${path}: ${fault}.`);
}
