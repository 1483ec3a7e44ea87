import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { referenceBackend } from "@alexnet/backend-reference";
import { alexnet2012, initialParameters, type Model, predict, WeightsError, zoo } from "@alexnet/core";
import { uniform } from "@alexnet/core/random";
import { encodeSafetensors } from "@alexnet/formats";
import { describe, expect, it, onTestFinished } from "vitest";
import { generateC, generatePytorch, generateTypescript, pythonNames } from "../src/index.js";
import { models, torchvision } from "./models.js";

const all: readonly (readonly [string, Model])[] = [
  ...Object.entries(models),
  ["torchvision", torchvision],
  ...zoo.map(({ name, create }) => [`the zoo's ${name}`, create()] as const),
];

describe("generateTypescript", () => {
  // Inside of the package, so that the module finds @alexnet/core.
  it.each(all)("writes %s as source that makes the same model", async (_, model) => {
    const folder = await mkdtemp(join(import.meta.dirname, "generated-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, "model.mjs");
    await writeFile(path, generateTypescript(model));
    const { model: made } = await import(pathToFileURL(path).href);
    expect(made).toEqual(model);
  });

  it("leaves out what goes without saying", () => {
    const source = generateTypescript(torchvision);
    expect(source).toContain('conv2d("conv1", { filters: 64, kernel: 11, stride: 4, padding: 2 }),');
    expect(source).toContain('maxPool("pool1", { window: 3, stride: 2 }),');
    expect(source).toContain('dense("fc6", { units: 4096 }),');
    for (const line of generateTypescript(alexnet2012()).split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  });
});

describe("generatePytorch", () => {
  const python = process.env.ALEXNET_TORCH_PYTHON ?? "python3";
  const hasTorch = spawnSync(python, ["-c", "import torch, safetensors, PIL"]).status === 0;

  it.for(Object.entries(models))(
    "writes %s as a module that answers as the reference does",
    async ([, model], context) => {
      context.skip(
        !hasTorch,
        `needs a Python with torch, safetensors and pillow; set ALEXNET_TORCH_PYTHON (now ${python})`,
      );
      const folder = await mkdtemp(join(tmpdir(), "alexnet-codegen-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const parameters = initialParameters(model, 5);
      const names = pythonNames(model);
      const tensors = Object.entries(parameters).map(([name, tensor]) => {
        const at = name.lastIndexOf(".");
        return [names.get(name.slice(0, at))! + name.slice(at), tensor] as const;
      });
      const images = {
        shape: [1, ...model.inputShape],
        data: uniform(
          { seed: 1, purpose: "image" },
          model.inputShape.reduce((a, b) => a * b),
        ),
      };
      await writeFile(join(folder, "model.py"), generatePytorch(model));
      await writeFile(join(folder, "model.safetensors"), Buffer.concat(encodeSafetensors(Object.fromEntries(tensors))));
      await writeFile(join(folder, "image.safetensors"), Buffer.concat(encodeSafetensors({ images })));
      const script = `
import json, torch, model
from safetensors.torch import load_file
made = [value for value in vars(model).values() if isinstance(value, type) and issubclass(value, torch.nn.Module)][-1]()
made.eval().load_state_dict(load_file("model.safetensors"), strict=True)
print(json.dumps(made(load_file("image.safetensors")["images"]).flatten().tolist()))
`;
      const { stdout, stderr } = spawnSync(python, ["-c", script], { cwd: folder, encoding: "utf8" });
      expect(stderr).toBe("");
      const answer: number[] = JSON.parse(stdout);
      const { logits } = await predict({ model, parameters, images, backend: await referenceBackend() });
      const scale = Math.max(...Array.from(logits.data, Math.abs));
      expect(answer.length).toBe(model.classes);
      for (const [index, value] of answer.entries())
        expect(Math.abs(value - logits.data[index]!)).toBeLessThan(1e-5 * scale);
    },
  );

  it("has a name of Python for every layer, each its own", () => {
    expect(Object.fromEntries(pythonNames(models.gray!))).toMatchObject({
      "conv 1": "conv_1",
      "conv.2": "conv_2",
      "1": "layer_1",
    });
    expect(pythonNames(models.towers!).get("for")).toBe("for_2");
    expect(generatePytorch(models.towers!)).toContain("class TwoTowers2(nn.Module):");
    expect(generatePytorch(torchvision)).toContain("self.conv1 = nn.Conv2d(3, 64, 11, stride=4, padding=2)");
  });

  it("prepares pictures as it is told", () => {
    const source = generatePytorch(torchvision, {
      preprocessing: { resizeMode: "center-crop", shorterSide: 146, channelOrder: "bgr", range: 255 },
    });
    expect(source).toContain("w, h = (146, int(146 * h / w)) if w <= h else (int(146 * w / h), 146)");
    expect(source).toContain(".flip(0).float()\n");
  });
});

describe("generateC", () => {
  it("refuses parameters that are not the model's", () => {
    expect(() => generateC(models.gray!, {})).toThrow(WeightsError);
  });

  it("writes only what the model calls", () => {
    const source = (model: Model): string =>
      Buffer.concat(generateC(model, initialParameters(model, 1))[1]!.chunks).toString();
    expect(source(models.flat!)).not.toMatch(/convolve|connect|pooling|logarithm/);
    expect(source(models.flat!)).toMatch(/static void squash/);
    expect(source(models.towers!)).toMatch(/static void normalize[\s\S]*static void pool_adaptive/);
  });
});
