import { describe, expect, it } from "vitest";
import { partOf } from "../../src/distributed/index.js";
import { dividedAlong, type Layout, whole } from "../../src/distributed/layout.js";
import { drawnPart, maskFeed } from "../../src/training/feeds.js";

const mask = { input: "drop.mask", layer: "drop", shape: [12, 30], rate: 0.5 } as const;
const draw = { seed: 3, step: 5 };

describe("a rank's part of a dropout mask", () => {
  const layouts: readonly (readonly [string, Layout])[] = [
    ["divided by examples", dividedAlong(mask.shape, 0)],
    ["divided by units", dividedAlong(mask.shape, 1)],
    ["whole", whole],
  ];

  it.each(layouts)("%s is that part of the whole mask", (_, layout) => {
    const all = maskFeed([mask], draw)["drop.mask"]!;
    for (const size of [1, 2, 3]) {
      for (let rank = 0; rank < size; rank++) {
        expect(drawnPart(mask, draw, layout, { rank, size })).toEqual(partOf(all, layout, rank, size));
      }
    }
  });
});
