import { type Dataset, DatasetError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { imageDataset, subset, take } from "../src/index.js";

/** Ten gray images of one pixel, whose value is 25 times their index, and whose label is the index modulo 2. */
function ten(): Dataset {
  return imageDataset(
    {
      name: "ten",
      classNames: ["even", "odd"],
      height: 1,
      width: 1,
      channels: 1,
      pixels: Uint8Array.from({ length: 10 }, (_, index) => index * 25),
      labels: Uint8Array.from({ length: 10 }, (_, index) => index % 2),
    },
    { workers: 0, std: [25 / 255] },
  );
}

async function values(dataset: Dataset, indices: readonly number[]): Promise<number[]> {
  return [...(await dataset.batch(indices)).images.data].map(Math.round);
}

describe("take", () => {
  it("gives the first examples", async () => {
    const four = take(ten(), 4);
    expect(four).toMatchObject({ name: "ten, first 4", length: 4, imageShape: [1, 1, 1], classNames: ["even", "odd"] });
    expect(await values(four, [3, 0])).toEqual([3, 0]);
    expect([...(await four.batch([3, 0])).labels]).toEqual([1, 0]);
  });

  it("hides the rest", async () => {
    await expect(take(ten(), 4).batch([4])).rejects.toThrow(DatasetError);
    await expect(take(ten(), 4).batch([4])).rejects.toThrow("ten, first 4 has images 0 to 3; image 4 was asked for");
  });

  it.each([-1, 11, 1.5])("cannot give %d of ten", (count) => {
    expect(() => take(ten(), count)).toThrow(DatasetError);
  });
});

describe("subset", () => {
  it("gives the chosen examples, in the chosen order", async () => {
    const chosen = subset(ten(), [7, 2, 2]);
    expect(chosen.length).toBe(3);
    expect(await values(chosen, [0, 1, 2])).toEqual([7, 2, 2]);
    expect(await values(take(chosen, 1), [0])).toEqual([7]);
  });

  it("is unchanged when the list it was made from changes", async () => {
    const indices = [7, 2];
    const chosen = subset(ten(), indices);
    indices[0] = 1;
    expect(await values(chosen, [0])).toEqual([7]);
  });

  it.each([10, -1, 0.5, Number.NaN])("refuses index %d of ten", (index) => {
    expect(() => subset(ten(), [0, index])).toThrow(DatasetError);
  });

  it("disposes the dataset it is a view of", async () => {
    const dataset = ten();
    await subset(dataset, [1]).dispose?.();
    await expect(dataset.batch([1])).rejects.toThrow(/used after its dispose/);
  });
});
