import type { BadPicture } from "@alexnet/data";
import type { Terminal } from "../program/terminal.js";

/** So many are told of one by one. */
const FEW = 5;

/** Tells of the first pictures that are left out, and keeps all. */
export function badPictureNotes(terminal: Terminal): {
  readonly found: readonly BadPicture[];
  add(bad: BadPicture): void;
} {
  const found: BadPicture[] = [];
  return {
    found,
    add(bad) {
      found.push(bad);
      if (found.length <= FEW) terminal.note(`Left out: ${bad.reason}`);
      if (found.length === FEW) terminal.note("Further pictures that are left out are only counted.");
    },
  };
}
