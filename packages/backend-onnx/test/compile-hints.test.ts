import { gradientProgram, initialParameters, lenet5 } from "@alexnet/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { onnxBackend } from "../src/index.js";

describe("a program whose variables others change", () => {
  it("rounds no weight to 8 bits", async () => {
    const model = lenet5();
    // The loss alone: nothing but the forward product reads a dense weight.
    const { program } = gradientProgram(model, 4);
    const forward = { ...program, outputs: { loss: program.outputs.loss!, logits: program.outputs.logits! } };
    const feed = {
      images: { shape: [4, 1, 28, 28], data: Float32Array.from({ length: 4 * 784 }, (_, index) => (index % 17) / 17) },
      labels: { shape: [4, 10], data: new Float32Array(40).fill(0.1) },
    };
    const logits = async (denseWeights: "float32" | "int8", variablesChange: boolean, seed: number) => {
      const backend = await onnxBackend({ device: "cpu", threads: 1, denseWeights });
      onTestFinished(() => backend.dispose());
      const executable = await backend.compile(forward, { variablesChange });
      const [outputs] = await executable.run(await backend.createVariables(initialParameters(model, seed)), [feed]);
      return Array.from(outputs!.logits!.data);
    };
    for (const seed of [1, 2]) {
      const exact = await logits("float32", true, seed);
      expect(await logits("int8", true, seed)).toEqual(exact);
      expect(await logits("int8", false, seed)).not.toEqual(exact);
    }
  });
});
