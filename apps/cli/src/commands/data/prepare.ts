import { defined } from "@alexnet/core/support";
import { type PictureLimits, prepareShards } from "@alexnet/data";
import { leftOutPictures } from "../../choices/bad-pictures.js";
import { LIMIT_WORDS } from "../../choices/open-split.js";
import type { Context } from "../../program/context.js";
import { endingWith } from "../../program/ending-with.js";
import { gaugeLine } from "../../program/gauge-line.js";
import { command, pathWord } from "../../program/invocation.js";
import { inOurWords } from "../../program/words.js";
import { duration, plural, rate } from "../../text/format.js";

export interface PrepareFlags extends PictureLimits {
  readonly shorterSide?: number;
  readonly quality?: number;
  readonly shardSize?: number;
  readonly seed?: number;
  readonly testShare?: number;
  readonly splitSeed?: number;
  readonly json?: boolean;
}

const PHASES = { train: "packing train", test: "packing test", statistics: "mean and colors" } as const;

/** `alexnet data prepare`. */
export async function prepareData(context: Context, from: string, to: string, flags: PrepareFlags): Promise<void> {
  const terminal = context.terminal();
  const { json, shardSize, ...others } = flags;
  const startedAt = performance.now();
  const again = `What is packed is kept. Go on with the same command:\n  ${command("data", "prepare", pathWord(from), pathWord(to))} …`;
  const prepared = await endingWith(terminal, again, (signal) =>
    inOurWords({ ...LIMIT_WORDS, "prepareShards: picturesPerShard": "--shard-size" }, () =>
      prepareShards(from, to, {
        ...others,
        ...defined({ picturesPerShard: shardSize }),
        onBad: leftOutPictures(terminal).add,
        onProgress: ({ phase, done, total }) => gaugeLine(terminal, PHASES[phase], done, total),
        signal,
      }),
    ),
  );
  terminal.status("");
  if (json) {
    terminal.print(JSON.stringify({ directory: to, ...prepared }, undefined, 2));
    return;
  }
  const { train, test } = prepared.splits;
  const seconds = (performance.now() - startedAt) / 1000;
  const pictures = train.pictures + test.pictures;
  terminal.print(
    `${plural(train.pictures, "picture")} to train on and ${plural(test.pictures, "picture")} to test with, of ` +
      `${plural(prepared.classNames.length, "class")}, are in ${to} (${duration(seconds)}, ${rate(pictures / seconds)} a second).`,
  );
  const skipped = train.skipped + test.skipped;
  if (skipped > 0) terminal.print(`${plural(skipped, "picture")} could not be read: see skipped.txt.`);
  terminal.print(`\nNext:\n  ${command("train", "--recipe", "paper", "--dataset", pathWord(to))}`);
}
