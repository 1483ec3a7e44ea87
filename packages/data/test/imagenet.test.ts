import { expect, it } from "vitest";
import { imagenetClassNames } from "../src/index.js";

it("imagenetClassNames gives 1000 names in index order", () => {
  const names = imagenetClassNames();
  expect(names.length).toBe(1000);
  expect(names[0]).toBe("tench, Tinca tinca");
  expect(names[285]).toBe("Egyptian cat");
  expect(names[999]).toMatch(/^toilet tissue/);
  expect(names.filter((name) => name === "" || name !== name.trim())).toEqual([]);
});
