import { DatasetError } from "@alexnet/core";
import { describeValue, fieldsOf } from "@alexnet/core/support";
import type { ImageStatistics } from "../statistics.js";
import type { Storage } from "./storage.js";

/** Labeled encoded pictures (JPEG, PNG, …) of any size, which are read when they are needed: what memory they take is some 50 bytes each. */
export interface PictureSource {
  readonly name: string;
  /** Name of each class, in index order. */
  readonly classNames: readonly string[];
  /** Class index of each picture. */
  readonly labels: Uint16Array;
  /** Where they are. */
  readonly storage: Storage;
  /**
   * Index of the first picture of each shard, for pictures that lie together and are quickly read together; without it any order is
   * as quick.
   */
  readonly shards?: readonly number[];
  /** Whether to read one is to read all of its shard, so that those of one are best read by one thread. */
  readonly readTogether?: boolean;
  /** So many are shuffled together, at least, unless told otherwise; 16,384 unless it is there. */
  readonly shuffleBuffer?: number;
  /** Tells these pictures from others of the same name: a training is not resumed with others. */
  readonly digest: string;
  /** What its training pictures have in common, cut to this size as `"center-crop"` does, where that is known: of prepared shards. */
  readonly statistics?: ImageStatistics & { readonly size: readonly [height: number, width: number] };
}

/** A picture that cannot be read, and why. */
export interface BadPicture {
  readonly index: number;
  /** Begins with its name. */
  readonly reason: string;
}

/** Whether a source is one of encoded pictures. */
export function isPictureSource(source: object): source is PictureSource {
  return "storage" in source;
}

/** The source itself. Throws `DatasetError` when a part is missing or of another kind, or a label is of no class. */
export function checkedPictures(source: PictureSource): PictureSource {
  const { name, classNames, labels, digest } = fieldsOf(source);
  const faults: readonly (readonly [boolean, string, unknown])[] = [
    [typeof name === "string", "a name", name],
    [
      Array.isArray(classNames) && classNames.every((text) => typeof text === "string"),
      "classNames, texts",
      classNames,
    ],
    [labels instanceof Uint16Array, "labels in a Uint16Array, one class index a picture", labels],
    [typeof digest === "string", "a digest", digest],
  ];
  const fault = faults.find(([right]) => !right);
  if (fault) {
    const whose = typeof name === "string" ? name : "A picture source";
    throw new DatasetError(`${whose} must have ${fault[1]}; got ${describeValue(fault[2])}.`);
  }
  const wrong = source.labels.findIndex((label) => label >= source.classNames.length);
  if (wrong >= 0) {
    throw new DatasetError(
      `${source.name} labels picture ${wrong} as class ${source.labels[wrong]}, but has only classes 0 to ` +
        `${source.classNames.length - 1}.`,
    );
  }
  return source;
}
