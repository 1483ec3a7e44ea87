import type { BadPicture } from "@alexnet/data";
import type { Terminal } from "../program/terminal.js";

/** So many are told of one by one. */
const FEW = 5;

/** Tells of the first pictures that are left out. */
export function badPictureNotes(terminal: Terminal): (bad: BadPicture) => void {
  let count = 0;
  return ({ reason }) => {
    count++;
    if (count <= FEW) terminal.note(`Left out: ${reason}`);
    if (count === FEW) terminal.note("Further pictures that are left out are not told of.");
  };
}
