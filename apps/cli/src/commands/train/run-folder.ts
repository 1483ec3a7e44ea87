import { checkRunFolder } from "@alexnet/runs";
import { inOurWords } from "../../program/words.js";

/** Throws `RunFolderError`, in the words of the command line, unless a new run can have this folder. */
export async function checkFreeFolder(directory: string): Promise<void> {
  const words = {
    "Resume the training in it": `Go on with the training in it by --resume ${directory}`,
    "hoose another": "hoose another --run-dir",
  };
  await inOurWords(words, () => checkRunFolder(directory));
}
