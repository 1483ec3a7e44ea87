import { InvalidArgumentError } from "@alexnet/core";
import { checkOptions } from "@alexnet/core/support";
import { fashionMnistManifest } from "../published/fashion-mnist.js";
import type { PublishedFile, Split } from "../published/manifest.js";
import { mnistManifest } from "../published/mnist.js";
import { DOWNLOAD_OPTIONS, type DownloadOptions, downloadPublished } from "./download-published.js";

const manifests = { mnist: mnistManifest, "fashion-mnist": fashionMnistManifest } as const;

/** Name of a dataset that can be downloaded. */
export type PublishedName = keyof typeof manifests;

/**
 * Fetches the files of a published dataset that `directory` does not have, both splits unless told otherwise. An
 * interrupted download goes on where it stopped; a mirror that fails is followed by the next; every file is checked by
 * its MD5 before it gets its name. A file that is there but is not what was published is replaced, and kept as
 * `<name>.replaced`. Several processes may download into one directory: one fetches a file, the others wait for it.
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
  const { splits = ["train", "test"], ...download } = options;
  const files = splits.flatMap((split) => Object.values<PublishedFile>({ ...manifests[name].splits[split] }));
  await downloadPublished(manifests[name], files, download);
}
