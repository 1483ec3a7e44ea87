import type { Dataset } from "@alexnet/core";
import type { DatasetChoice } from "@alexnet/runs";
import { datasetEntry, openSplit } from "../../choices/datasets.js";
import { type FetchFlags, fetching } from "../../choices/fetching.js";
import type { Terminal } from "../../program/terminal.js";
import { gauge } from "../../text/bar.js";
import { count } from "../../text/format.js";

/** Both splits of a dataset, resized to what the model takes. Throws `DatasetError`. */
export async function openData(
  config: DatasetChoice,
  form: { readonly inputSize: number; readonly channels?: number },
  flags: FetchFlags,
  terminal: Terminal,
): Promise<{ readonly training: Dataset; readonly test: Dataset; dispose(): Promise<void> }> {
  const entry = datasetEntry(config.name);
  const onRead = (done: number, total: number): void => {
    if (terminal.interactive) terminal.status(`reading  ${gauge(done / total, 24)}  ${count(done)}/${count(total)}`);
  };
  const common = {
    onRead,
    ...form,
    ...(config.preprocessing && { preprocessing: config.preprocessing }),
    ...(config.directory !== undefined && { directory: config.directory }),
    fetch: fetching(flags, terminal),
  };
  const open = (split: "train" | "test", limit: number | undefined): Promise<Dataset> =>
    openSplit(entry, { ...common, split, ...(limit !== undefined && { limit }) });
  const training = await open("train", config.limitTrain);
  try {
    const test = await open("test", config.limitTest);
    terminal.status("");
    return {
      training,
      test,
      async dispose() {
        await training.dispose?.();
        await test.dispose?.();
      },
    };
  } catch (error) {
    await training.dispose?.();
    throw error;
  }
}
