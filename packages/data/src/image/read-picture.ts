import { closeSync, constants, fstatSync, openSync, read } from "node:fs";
import { promisify } from "node:util";
import { DatasetError } from "@alexnet/core";
import { describeFailure } from "@alexnet/files";

/** A file of more is no picture that is trained on. */
export const mostPictureBytes = 256 * 2 ** 20;

const readBytes = promisify(read);

/**
 * The bytes of a file that should be a picture. Throws `DatasetError`, for devices and files beyond 256 MiB before they are read.
 *
 * Opening is not left to another thread: there and back takes ten times as long, which adds up over a million pictures.
 */
export async function readPicture(path: string): Promise<Uint8Array> {
  let fault: string | undefined;
  try {
    // A pipe nobody writes to would be waited for; Windows has no such flag, and no such pipes.
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = fstatSync(file);
      if (!found.isFile()) fault = "it is no file";
      else if (found.size > mostPictureBytes) {
        fault = `it has ${found.size} bytes, more than the ${mostPictureBytes} that are read`;
      } else {
        const bytes = Buffer.alloc(found.size);
        const { bytesRead } = await readBytes(file, bytes, 0, bytes.length, 0);
        return bytes.subarray(0, bytesRead);
      }
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new DatasetError(`Cannot read the image ${path}: ${describeFailure(cause)}.`, { cause });
  }
  throw new DatasetError(`Cannot read the image ${path}: ${fault}.`);
}
