import { describe, expect, it } from "vitest";
import { compareWithGolden, goldenModels } from "../src/index.js";
import { backends } from "./backends.js";

describe.each(backends)("$name agrees with PyTorch in float64", ({ create, tolerance }) => {
  it.each(Object.keys(goldenModels))("on outputs, loss and every gradient of %s", async (model) => {
    const backend = await create();
    try {
      const deviations = await compareWithGolden(model, backend);
      expect(deviations.filter(({ error }) => !(error <= tolerance))).toEqual([]);
      expect(deviations.length).toBeGreaterThan(10);
    } finally {
      await backend.dispose();
    }
  });
});
