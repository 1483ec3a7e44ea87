import { DatasetError } from "@alexnet/core";
import type { BadPicture } from "../pictures/picture-source.js";

/** Keeps count of the pictures that cannot be read. */
export interface BadPictures {
  /** Throws `DatasetError` when there are more than there may be. */
  add(found: readonly BadPicture[]): void;
}

/** `tell` is called with each, once. */
export function badPictures(
  { name, length, most }: { readonly name: string; readonly length: number; readonly most: number },
  tell: (bad: BadPicture) => void = () => {},
): BadPictures {
  const known = new Set<number>();
  return {
    add(found) {
      for (const bad of found) {
        const isNew = !known.has(bad.index);
        known.add(bad.index);
        if (known.size > most) {
          throw new DatasetError(
            `${bad.reason} So it is with ${known.size} of the ${length} pictures of ${name} so far, and up to ` +
              `${most} are left out; mostBad allows for more.`,
          );
        }
        if (isNew) tell(bad);
      }
    },
  };
}
