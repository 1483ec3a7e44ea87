import { InvalidArgumentError } from "@alexnet/core";
import { checkOptions, describeValue } from "@alexnet/core/support";
import { checkLimits, LIMIT_OPTIONS, type PictureLimits } from "../pictures/limits.js";
import type { BadPicture } from "../pictures/picture-source.js";
import { checkDivision, type Division } from "../pictures/split.js";
import type { Split } from "../published/manifest.js";

/** How pictures are packed. */
export interface PrepareOptions extends Division, PictureLimits {
  /** What the shorter side of larger pictures becomes, in pixels; 256 unless told otherwise. Smaller ones stay as they are, bit for bit. */
  readonly shorterSide?: number;
  /** Of the JPEGs that are written, 1 to 100; 95 unless told otherwise. */
  readonly quality?: number;
  /** 1,000 unless told otherwise. */
  readonly picturesPerShard?: number;
  /** Decides the order in which pictures go into shards, which mixes their classes; 0 unless told otherwise. */
  readonly seed?: number;
  /** Told of each picture that cannot be read; `mostBad` is of each split. */
  readonly onBad?: (bad: BadPicture) => void;
  /** Told how many pictures of a split are packed. */
  readonly onProgress?: (progress: PrepareProgress) => void;
  /** Ends it after the pictures under way, with the signal's reason; the same call goes on from the last whole shard. */
  readonly signal?: AbortSignal | undefined;
}

/** How far the packing of a split is. */
export interface PrepareProgress {
  /** `"statistics"` when all is packed and the mean image is computed. */
  readonly phase: Split | "statistics";
  readonly done: number;
  readonly total: number;
}

/** The options that decide what is written, with their defaults. */
export type PackingOptions = Required<Pick<PrepareOptions, "shorterSide" | "quality" | "picturesPerShard" | "seed">>;

const NAMES: Readonly<Record<keyof PrepareOptions, true>> = {
  testShare: true,
  splitSeed: true,
  shorterSide: true,
  quality: true,
  picturesPerShard: true,
  seed: true,
  ...LIMIT_OPTIONS,
  onBad: true,
  onProgress: true,
  signal: true,
};

/** The options with their defaults. Throws `InvalidArgumentError` for one that is out of range. */
export function packingOptions(options: PrepareOptions): PackingOptions {
  checkOptions("prepareShards", options, NAMES);
  checkDivision("prepareShards", options);
  checkLimits("prepareShards", options);
  const { shorterSide = 256, quality = 95, picturesPerShard = 1000, seed = 0 } = options;
  for (const [name, value, least, most] of [
    ["shorterSide", shorterSide, 1, 16_383],
    ["quality", quality, 1, 100],
    ["picturesPerShard", picturesPerShard, 1, 1_000_000],
    ["seed", seed, 0, Number.MAX_SAFE_INTEGER],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= least && value <= most) continue;
    throw new InvalidArgumentError(
      `prepareShards: ${name} must be a whole number from ${least} to ${most}; got ${describeValue(value)}.`,
    );
  }
  return { shorterSide, quality, picturesPerShard, seed };
}
