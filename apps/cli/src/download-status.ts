import type { DownloadProgress } from "@alexnet/data";
import type { Terminal } from "./terminal.js";
import { magnitude } from "./text/format.js";

/** Shows how far a download is: in a line that is redrawn, or where there is none by the name of each file. */
export function downloadStatus(terminal: Terminal): (progress: DownloadProgress) => void {
  let announced = "";
  return ({ file, url, bytes, total }) => {
    const of = total === undefined ? "" : ` of ${magnitude(total)}B`;
    if (terminal.interactive) terminal.status(`${file}: ${magnitude(bytes)}B${of}`);
    else if (announced !== file) terminal.note(`Fetching ${url}`);
    announced = file;
  };
}
