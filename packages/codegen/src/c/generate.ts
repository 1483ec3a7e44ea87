import { checkParameters, type Model, type Preprocessing, parametersOf, type TensorMap } from "@alexnet/core";
import type { GeneratedFile } from "../generated-file.js";
import { identifierOf } from "../names.js";
import { mainSource } from "./main-source.js";
import { headerSource, modelSource, weightsMagic } from "./model-source.js";
import { meanSource, pictureHeader, pictureSource } from "./picture-source.js";

/** What the generated program is to know beside the model. */
export interface GenerateCOptions {
  /** How pictures are prepared; as `imageTensor` does without options unless told. */
  readonly preprocessing?: Preprocessing | undefined;
  /** Names of the classes; `class 7` unless told. */
  readonly classNames?: readonly string[] | undefined;
}

/**
 * A model with its weights as a program in C99 that depends on nothing: `<name>.h` and `<name>.c` load the weights and compute
 * logits, `picture.h` and `picture.c` read a PPM and prepare it, `main.c` classifies it, `<name>.weights` holds the weights, 32-bit
 * floats in little-endian order. `cc -O3 -march=native *.c -o classify` compiles it.
 *
 * Throws `WeightsError` for parameters that are not the model's.
 */
export function generateC(
  model: Model,
  parameters: TensorMap,
  { preprocessing = {}, classNames }: GenerateCOptions = {},
): readonly GeneratedFile[] {
  checkParameters(model, parameters);
  const id = identifierOf(model.name);
  return [
    { name: `${id}.h`, chunks: text(headerSource(model)) },
    { name: `${id}.c`, chunks: text(modelSource(model)) },
    { name: "picture.h", chunks: text(pictureHeader) },
    { name: "picture.c", chunks: text(pictureSource(model, preprocessing)) },
    ...(preprocessing.meanImage ? [{ name: "mean.c", chunks: text(meanSource(model, preprocessing.meanImage)) }] : []),
    { name: "main.c", chunks: text(mainSource(model, classNames)) },
    { name: `${id}.weights`, chunks: weightsOf(model, parameters) },
  ];
}

function text(source: string): readonly Uint8Array[] {
  return [new TextEncoder().encode(source)];
}

function weightsOf(model: Model, parameters: TensorMap): readonly Uint8Array[] {
  const values = parametersOf(model).map(({ name }) => {
    const { data } = parameters[name]!;
    return data instanceof Float32Array ? data : Float32Array.from(data);
  });
  const count = values.reduce((sum, { length }) => sum + length, 0);
  const header = new Uint8Array(12);
  header.set(new TextEncoder().encode(weightsMagic));
  new DataView(header.buffer).setUint32(4, 1, true);
  new DataView(header.buffer).setUint32(8, count, true);
  return [
    header,
    ...values.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
  ];
}
