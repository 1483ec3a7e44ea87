import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  alexnet2012,
  alexnetTorchvision,
  inferenceProgram,
  initialParameters,
  lenet5,
  paperSgd,
  type Tensor,
  trainingProgram,
} from "@alexnet/core";
import type { Program } from "@alexnet/core/program";
import { uniform } from "@alexnet/core/random";
import { describe, expect, it, type TestContext } from "vitest";
import { loadEngine } from "../src/engine.js";
import { exportOnnx, exportOnnxWithData, onnxBackend } from "../src/index.js";
import { lowerLoop } from "../src/lowering/lower-loop.js";
import { encodeModel } from "../src/onnx/encode.js";

/** A Python that has the package `onnx`; `.ci/run` makes one. */
const python = process.env.ALEXNET_ONNX_PYTHON ?? "python3";
const hasChecker = spawnSync(python, ["-c", "import onnx"]).status === 0;

const CHECK = `
import sys, onnx
model = onnx.load(sys.argv[1])
onnx.checker.check_model(sys.argv[1], full_check=True)
print(model.opset_import[0].version, {node.domain for node in model.graph.node}, len(model.graph.node) > 0)
`;

const programs: Readonly<Record<string, Program>> = {
  "training of LeNet": trainingProgram(lenet5(), 4, paperSgd).program,
  "training of the two-tower AlexNet": trainingProgram(alexnet2012(), 2, paperSgd).program,
  "training of torchvision's AlexNet at a size that needs adaptive pooling": trainingProgram(
    alexnetTorchvision({ inputSize: 255 }),
    2,
    paperSgd,
  ).program,
  "inference of the two-tower AlexNet": inferenceProgram(alexnet2012(), 2).program,
};

describe("a program exported with values", () => {
  const { program } = inferenceProgram(lenet5(), 2);
  const parameters = initialParameters(lenet5(), 1);

  it("holds them as constants, and computes in ONNX Runtime what the backend computes", async () => {
    const images = { shape: [2, 1, 28, 28], data: uniform({ seed: 1, purpose: "images" }, 2 * 28 * 28) };
    const engine = await loadEngine();
    const session = await engine.InferenceSession.create(exportOnnx(program, parameters), { logSeverityLevel: 3 });
    expect(session.inputNames).toEqual(["images"]);
    const fetched = await session.run({ images: new engine.Tensor("float32", images.data, images.shape) });
    const backend = await onnxBackend();
    const executable = await backend.compile(program);
    const [expected] = await executable.run(await backend.createVariables(parameters), [{ images }]);
    expect(Array.from(fetched["output/logits"]?.data as Float32Array)).toEqual(
      Array.from(expected?.logits?.data ?? []),
    );
    await session.release();
    await backend.dispose();
  });

  it("keeps large ones in a file beside it, at places that can be mapped, where it was asked to", async () => {
    const images = { shape: [2, 1, 28, 28], data: uniform({ seed: 1, purpose: "images" }, 2 * 28 * 28) };
    const { model, data } = exportOnnxWithData(program, parameters, "lenet.data", { producer: "a test" });
    const whole = Buffer.concat(data);
    expect(model.length).toBeLessThan(60_000);
    expect(whole.length).toBeGreaterThan(190_000);
    let at = 0;
    for (const chunk of data) {
      // Between the values are fewer bytes than any of them has.
      if (chunk.length > 64) expect(at % 64).toBe(0);
      at += chunk.length;
    }
    const engine = await loadEngine();
    const externalData = [{ path: "lenet.data", data: new Uint8Array(whole) }];
    const session = await engine.InferenceSession.create(model, { externalData, logSeverityLevel: 3 });
    const single = await engine.InferenceSession.create(exportOnnx(program, parameters), { logSeverityLevel: 3 });
    const feed = { images: new engine.Tensor("float32", images.data, images.shape) };
    const [found, expected] = [await session.run(feed), await single.run(feed)];
    expect(found["output/logits"]?.data).toEqual(expected["output/logits"]?.data);
    await session.release();
    await single.release();
  });

  it("names a value that is not the program's", () => {
    const [[name, value]] = Object.entries(parameters) as [[string, Tensor]];
    expect(() => exportOnnx(program, { nothing: value })).toThrow('has no variable "nothing"');
    const data = value.data.slice(1);
    expect(() => exportOnnx(program, { [name]: { shape: [data.length], data } })).toThrow(`"${name}" has the shape`);
  });
});

describe("ONNX's own checker accepts, with types and shapes inferred,", () => {
  it.for(Object.keys(programs))("%s", async (name, context) => {
    await checks(context, exportOnnx(programs[name] as Program));
  });

  it("a model with its weights and free text, in one file and in two", async (context) => {
    const { program } = inferenceProgram(lenet5(), 2);
    const parameters = initialParameters(lenet5(), 1);
    await checks(context, exportOnnx(program, parameters, { definition: '{"name": "größe"}' }));
    const { model, data } = exportOnnxWithData(program, parameters, "program.data");
    await checks(context, model, { "program.data": Buffer.concat(data) });
  });

  it("the loop over training steps", async (context) => {
    await checks(
      context,
      encodeModel(
        lowerLoop(trainingProgram(lenet5(), 4, paperSgd).program, {
          onNaN: "tell",
          convolution: "winograd",
          denseWeights: "float32",
        }).graph,
      ),
    );
  });

  async function checks(
    context: TestContext,
    model: Uint8Array,
    besides: Readonly<Record<string, Uint8Array>> = {},
  ): Promise<void> {
    context.skip(!hasChecker, `needs a Python with the package onnx; set ALEXNET_ONNX_PYTHON to one (now ${python})`);
    const folder = await mkdtemp(join(tmpdir(), "alexnet-onnx-"));
    try {
      const file = join(folder, "program.onnx");
      await writeFile(file, model);
      for (const [name, bytes] of Object.entries(besides)) await writeFile(join(folder, name), bytes);
      const { status, stdout, stderr } = spawnSync(python, ["-c", CHECK, file], { encoding: "utf8" });
      expect(stderr).toBe("");
      expect(status).toBe(0);
      expect(stdout.trim()).toBe("21 {''} True");
    } finally {
      await rm(folder, { recursive: true });
    }
  }
});
