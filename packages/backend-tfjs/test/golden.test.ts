import { compareWithGolden, goldenModels } from "@alexnet/conformance";
import { expect, it } from "vitest";
import { describeEngines } from "./engines.js";

/** The models an engine is spared, and why. */
function spared(engine: string, model: string): string | undefined {
  if (engine === "tfjs:cpu" && !["lenet5", "alexnetD2l"].includes(model))
    return "15 s a large model; alexnetD2l stands for them";
  if (engine === "tfjs:webgpu" && model !== "lenet5") return "minutes a large model on a software adapter";
  return undefined;
}

describeEngines("agrees with PyTorch in float64", (create, engine) => {
  it.for(Object.keys(goldenModels))("on outputs, loss and every gradient of %s", async (model, context) => {
    const reason = spared(engine, model);
    if (reason !== undefined) return context.skip(reason);
    const backend = await create();
    try {
      const deviations = await compareWithGolden(model, backend);
      expect(deviations.filter(({ error }) => !(error <= 1e-5))).toEqual([]);
      expect(deviations.length).toBeGreaterThan(10);
    } finally {
      await backend.dispose();
    }
  });
});
