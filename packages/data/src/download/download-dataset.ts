import { checkOptions, InvalidArgumentError } from "@alexnet/core";
import { fashionMnistManifest } from "../published/fashion-mnist.js";
import type { Split } from "../published/manifest.js";
import { mnistManifest } from "../published/mnist.js";
import { DOWNLOAD_OPTIONS, type DownloadOptions, downloadPublished } from "./download-published.js";

const manifests = { mnist: mnistManifest, "fashion-mnist": fashionMnistManifest } as const;

/** Name of a dataset that can be downloaded. */
export type PublishedName = keyof typeof manifests;

/**
 * Fetches the files of a published dataset that `directory` does not have, both splits unless told otherwise. An
 * interrupted download goes on where it stopped; a mirror that fails is followed by the next; every file is checked by
 * its MD5 before it gets its name. One process at a time may download into a directory.
 *
 * Throws `DatasetError` with what went wrong at each mirror, `InvalidArgumentError` for an unknown name or a mirror that
 * is no address, and the signal's reason when aborted.
 */
export async function downloadDataset(
  name: PublishedName,
  options: DownloadOptions & { readonly splits?: readonly Split[] },
): Promise<void> {
  if (!Object.hasOwn(manifests, name)) {
    throw new InvalidArgumentError(
      `No dataset ${JSON.stringify(name)} can be downloaded; there are ${Object.keys(manifests).join(" and ")}.`,
    );
  }
  checkOptions("downloadDataset", options, { ...DOWNLOAD_OPTIONS, splits: true });
  await downloadPublished(manifests[name], options.splits ?? ["train", "test"], options);
}
