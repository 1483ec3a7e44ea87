import type { DownloadProgress } from "@alexnet/data";
import type { Terminal } from "../program/terminal.js";
import { magnitude } from "../text/format.js";

/** Flags that say whether to fetch what is missing of a dataset, and where from. */
export interface FetchFlags {
  readonly download?: boolean;
  readonly mirror?: readonly string[];
}

/** Where from, and who is told how far it is. */
export interface Fetching {
  readonly mirrors?: readonly string[];
  onProgress(progress: DownloadProgress): void;
}

/** What the flags ask for; to name a mirror is to ask for a download. */
export function fetching({ download, mirror: mirrors }: FetchFlags, terminal: Terminal): Fetching | undefined {
  if (!download && !mirrors) return undefined;
  return { ...(mirrors && { mirrors }), onProgress: downloadStatus(terminal) };
}

/** Shows how far a download is: in a line that is redrawn, or where there is none by the name of each file. */
function downloadStatus(terminal: Terminal): Fetching["onProgress"] {
  let announced = "";
  return ({ file, url, bytes, total }) => {
    const of = total === undefined ? "" : ` of ${magnitude(total)}B`;
    if (terminal.interactive) terminal.status(`${file}: ${magnitude(bytes)}B${of}`);
    else if (announced !== file) terminal.note(`Fetching ${url}`);
    announced = file;
  };
}
