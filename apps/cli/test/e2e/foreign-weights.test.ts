import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { initialParameters, lenet5, type Tensor, type TensorMap } from "@alexnet/core";
import { encodeSafetensors } from "@alexnet/formats";
import { writeSafetensors } from "@alexnet/formats/node";
import { describe, expect, it } from "vitest";
import { alexnet, type Outcome, temporaryFolder } from "./cli.js";

const weights = initialParameters(lenet5(), 1);

/** The axes the other way round, as Keras has them. */
function keras({ shape, data }: Tensor): Tensor {
  const [filters, channels, height, width] = shape;
  return shape.length === 4
    ? { shape: [height as number, width as number, channels as number, filters as number], data }
    : { shape: shape.toReversed(), data };
}

function mapped(name: (name: string) => string, value: (tensor: Tensor) => Tensor = (tensor) => tensor): TensorMap {
  return Object.fromEntries(Object.entries(weights).map(([key, tensor]) => [name(key), value(tensor)]));
}

describe("weights of other programs", () => {
  const folder = temporaryFolder();
  const evaluate = async (
    tensors: TensorMap,
    metadata: Record<string, string>,
    ...words: string[]
  ): Promise<Outcome> => {
    await writeSafetensors(join(folder(), "foreign.safetensors"), tensors, metadata);
    return alexnet(folder(), [
      ...["evaluate", "foreign.safetensors", "--backend", "reference", "--limit-test", "10"],
      ...(words.includes("--dataset") ? [] : ["--dataset", "sample"]),
      ...words,
    ]);
  };

  it("in the layout of Keras are called that", async () => {
    const { code, stderr } = await evaluate(
      mapped((name) => name, keras),
      {},
      "--model",
      "lenet5",
    );
    expect(stderr).toContain("Keras");
    expect(stderr).toContain("transpose by (3, 2, 0, 1)");
    expect(code).toBe(1);
  });

  it("with a tensor of no such rank are refused in words", async () => {
    const flat = { ...weights, "conv1.weight": { shape: [150], data: new Float32Array(150) } };
    const { code, stderr } = await evaluate(flat, {}, "--model", "lenet5");
    expect(stderr).toContain('"conv1.weight" has shape [150], but [6, 1, 5, 5]');
    expect(code).toBe(1);
  });

  it("of a model that is none of ours are refused by the file's name", async () => {
    const { code, stderr } = await evaluate(weights, { model: "resnet18" });
    expect(stderr).toContain('foreign.safetensors says that its weights belong to the model "resnet18"');
    expect(stderr).toContain("--model");
    expect(code).toBe(1);
  });

  it("of a model that somebody names are taken for that one's, whatever the file says", async () => {
    expect((await evaluate(weights, { model: "resnet18" }, "--model", "lenet5")).code).toBe(0);
  });

  it("whose names begin with module. are read without", async () => {
    expect(
      (
        await evaluate(
          mapped((name) => `module.${name}`),
          {},
          "--model",
          "lenet5",
        )
      ).code,
    ).toBe(0);
  });

  it("of other classes than the data are not blamed on a flag that is not there", async () => {
    const other = initialParameters(lenet5({ classes: 100 }), 1);
    const { code, stderr } = await evaluate(other, {}, "--model", "lenet5");
    expect(stderr).toContain("foreign.safetensors tells 100 classes apart, and sample has 10");
    expect(stderr).toContain("--dataset");
    expect(code).toBe(1);
  });

  it("with a tensor of whole numbers are read without it; with a parameter of them, that one is named", async () => {
    const chunks = encodeSafetensors(weights);
    const whole = Buffer.concat(chunks);
    const length = Number(whole.readBigUInt64LE(0));
    const header = JSON.parse(whole.subarray(8, 8 + length).toString());
    const withHeader = (fields: object, more: number): Buffer => {
      const text = Buffer.from(JSON.stringify(fields));
      const start = Buffer.alloc(8);
      start.writeBigUInt64LE(BigInt(text.length));
      return Buffer.concat([start, text, whole.subarray(8 + length), Buffer.alloc(more)]);
    };
    const end = whole.length - 8 - length;
    const words = ["evaluate", "int.safetensors", "--model", "lenet5", "--dataset", "sample", "--backend", "reference"];
    const run = (): Promise<Outcome> => alexnet(folder(), [...words, "--limit-test", "10"]);

    const counter = { dtype: "I64", shape: [], data_offsets: [end, end + 8] };
    await writeFile(join(folder(), "int.safetensors"), withHeader({ ...header, num_batches_tracked: counter }, 8));
    expect((await run()).code).toBe(0);

    const bias = { ...header["conv1.bias"], dtype: "I32" };
    await writeFile(join(folder(), "int.safetensors"), withHeader({ ...header, "conv1.bias": bias }, 0));
    const { code, stderr } = await run();
    expect(stderr).toContain('"conv1.bias" in int.safetensors is of type I32');
    expect(code).toBe(1);
  });
});

describe("an old Node", () => {
  const folder = temporaryFolder();

  it("is told which one is needed", async () => {
    const preload = join(folder(), "old.mjs");
    await writeFile(
      preload,
      'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.8" } });',
    );
    const { code, stdout, stderr } = await alexnet(folder(), ["models"], {
      NODE_OPTIONS: `--import ${pathToFileURL(preload)}`,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe("error: alexnet needs Node 20.19 or newer; this is Node 18.20.8.\n");
  });
});
