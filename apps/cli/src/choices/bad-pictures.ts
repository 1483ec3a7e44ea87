import type { Communicator } from "@alexnet/core/distributed";
import type { BadPicture } from "@alexnet/data";
import type { Terminal } from "../program/terminal.js";
import { inWords } from "../program/words.js";
import { plural } from "../text/format.js";
import { gatherTexts } from "./gather-texts.js";
import { LIMIT_WORDS } from "./open-split.js";

/** So many are told of one by one. */
const FEW = 5;

/** The pictures that are left out, because they cannot be read. */
export interface LeftOut {
  /** Tells of the first ones, and keeps the reasons of all. */
  readonly add: (bad: BadPicture) => void;
  /** Each begins with the name of the picture. */
  readonly reasons: ReadonlySet<string>;
  /** Adds those that the other ranks of a job have left out; all of them ask together. */
  gather(communicator: Communicator): Promise<void>;
}

export function leftOutPictures(terminal: Terminal): LeftOut {
  const reasons = new Set<string>();
  return {
    reasons,
    async gather(communicator) {
      for (const text of await gatherTexts(communicator, JSON.stringify([...reasons]))) {
        for (const reason of JSON.parse(text)) reasons.add(reason);
      }
    },
    add(bad) {
      const reason = inWords(LIMIT_WORDS, bad.reason);
      if (reasons.has(reason)) return;
      reasons.add(reason);
      if (reasons.size <= FEW) terminal.note(`Left out: ${reason}`);
      if (reasons.size === FEW) terminal.note("Further pictures that are left out are not told of.");
    },
  };
}

/** "3 pictures could not be read and were left out", where there were some. */
export function leftOutText({ reasons }: LeftOut): string | undefined {
  const { size } = reasons;
  if (size === 0) return undefined;
  return `${plural(size, "picture")} could not be read and ${size === 1 ? "was" : "were"} left out`;
}
