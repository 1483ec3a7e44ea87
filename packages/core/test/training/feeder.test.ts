import { describe, expect, it } from "vitest";
import { feeder } from "../../src/training/feeder.js";

describe("a feeder", () => {
  it("gives every group in order with what was made for it, made ahead where that is asked for", async () => {
    const begun: number[] = [];
    const feeds = feeder([1, 2, 3].values(), async (group) => {
      begun.push(group);
      return group * 10;
    });
    expect(begun).toEqual([]);
    expect(await feeds.next()).toEqual({ group: 1, fed: 10 });
    expect(begun).toEqual([1]);
    feeds.prepare();
    feeds.prepare();
    expect(begun).toEqual([1, 2]);
    expect(await feeds.next()).toEqual({ group: 2, fed: 20 });
    expect(await feeds.next()).toEqual({ group: 3, fed: 30 });
    feeds.prepare();
    expect(await feeds.next()).toBeUndefined();
    expect(await feeds.next()).toBeUndefined();
  });

  it("makes a failure ahead of time known when its group is asked for, and to nobody before", async () => {
    const feeds = feeder([1].values(), () => Promise.reject(new Error("lost")));
    feeds.prepare();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(feeds.next()).rejects.toThrow("lost");
  });
});
