import { type Layer, type LayerSummary, type Model, parametersOf, type Shape, sizeOf, summarize } from "@alexnet/core";
import { commented, identifierOf, numeral } from "../names.js";
import { sourcesOf } from "./layers.js";

/** One layer as a statement, what it calls, and where its output goes. */
interface Statement {
  readonly text: string;
  readonly calls: readonly string[];
  /** Whether it writes over its input, or makes an output of its own. */
  readonly isInPlace: boolean;
}

/** Where a parameter starts in the file of weights, in floats. */
export function weightOffsets(model: Model): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  let at = 0;
  for (const { name, shape } of parametersOf(model)) {
    offsets.set(name, at);
    at += sizeOf(shape);
  }
  return offsets;
}

/** What is at the start of the file of weights: the four bytes, a version, and how many floats follow. */
export const weightsMagic = "ANW1";

/** `<name>.h`. */
export function headerSource(model: Model): string {
  const id = identifierOf(model.name);
  const upper = id.toUpperCase();
  const [channels, height, width] = model.inputShape;
  return `/* ${commented(model.name)}: made by @alexnet/codegen. C99, no dependencies. */
#ifndef ${upper}_H
#define ${upper}_H

#ifdef __cplusplus
extern "C" {
#endif

enum {
  ${upper}_CHANNELS = ${channels},
  ${upper}_HEIGHT = ${height},
  ${upper}_WIDTH = ${width},
  ${upper}_CLASSES = ${model.classes}
};

/* The weights, and room for what the layers make of an image. */
typedef struct ${id} ${id};

/* Reads a file of weights. NULL when it cannot be read, is not this model's or does not fit into memory; *why says which. */
${id} *${id}_load(const char *path, const char **why);

/* Gives the memory back; NULL is allowed. */
void ${id}_free(${id} *model);

/*
 * Computes the ${model.classes} logits of one image [${channels}][${height}][${width}], prepared as the model wants it. The model's own memory is used: one call at
 * a time for each model that was loaded.
 */
void ${id}_run(${id} *model, const float *image, float *logits);

#ifdef __cplusplus
}
#endif

#endif
`;
}

/** `<name>.c`. */
export function modelSource(model: Model): string {
  const id = identifierOf(model.name);
  const upper = id.toUpperCase();
  const offsets = weightOffsets(model);
  const { layers } = summarize(model);
  const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0);
  const lines: string[] = [];
  const calls = new Set<string>();
  let shape: Shape = model.inputShape;
  // Layers write from one buffer into the other; the image itself is only read.
  let input = "image";
  let largest = 0;
  for (const layer of layers) {
    const outputShape = layer.outputShape.slice(1);
    const other = input === "model->first" ? "model->second" : "model->first";
    const isLast = layer === layers.at(-1);
    const statement = statementOf(layer, shape, outputShape, { input, output: isLast ? "logits" : other, offsets });
    lines.push(`  /* ${commented(layer.name)}: ${layer.kind} [${outputShape.join(", ")}] */`);
    if (statement) {
      // An image that is given must not be written over.
      if (statement.isInPlace && input === "image") {
        lines.push(`  memcpy(model->first, image, ${sizeOf(shape)} * sizeof(float));`);
        input = "model->first";
        largest = Math.max(largest, sizeOf(shape));
      }
      lines.push(statement.isInPlace ? statement.text.replaceAll("@", input) : statement.text);
      for (const call of statement.calls) calls.add(call);
      if (!statement.isInPlace) {
        input = isLast ? "logits" : other;
        if (!isLast) largest = Math.max(largest, sizeOf(outputShape));
      }
    }
    shape = outputShape;
  }
  if (input !== "logits") lines.push(`  memcpy(logits, ${input}, ${upper}_CLASSES * sizeof(float));`);
  const hasBlock = calls.has("convolve");
  return `/* ${commented(model.name)}: made by @alexnet/codegen. C99, no dependencies. */
#include "${id}.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

${sourcesOf([...calls])}

enum { PARAMETERS = ${parameters} };

struct ${id} {
  float *weights;
  /* Layers read from one of these and write into the other. */
  float *first, *second;${hasBlock ? "\n  float *block;" : ""}
};

${id} *${id}_load(const char *path, const char **why) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    *why = "it cannot be opened";
    return NULL;
  }
  ${id} *model = calloc(1, sizeof *model);
  if (model) {
    model->weights = malloc(PARAMETERS * sizeof(float));
    model->first = malloc(${largest} * sizeof(float));
    model->second = malloc(${largest} * sizeof(float));${hasBlock ? "\n    model->block = malloc((size_t)BLOCK_INPUTS * BLOCK_PIXELS * sizeof(float));" : ""}
  }
  char magic[4];
  uint32_t counts[2] = {0, 0};
  if (!model || !model->weights || !model->first || !model->second${hasBlock ? " || !model->block" : ""}) {
    *why = "there is not enough memory";
  } else if (fread(magic, 1, sizeof magic, file) != sizeof magic || memcmp(magic, "${weightsMagic}", sizeof magic) != 0) {
    *why = "it is no file of weights";
  } else if (fread(counts, sizeof counts[0], 2, file) != 2 || counts[0] != 1 || counts[1] != PARAMETERS) {
    *why = "it is not of this model, or this machine is big-endian";
  } else if (fread(model->weights, sizeof(float), PARAMETERS, file) != PARAMETERS) {
    *why = "it is truncated";
  } else {
    fclose(file);
    return model;
  }
  fclose(file);
  ${id}_free(model);
  return NULL;
}

void ${id}_free(${id} *model) {
  if (!model) return;
  free(model->weights);
  free(model->first);
  free(model->second);${hasBlock ? "\n  free(model->block);" : ""}
  free(model);
}

void ${id}_run(${id} *model, const float *image, float *logits) {
${lines.join("\n")}
}
`;
}

interface Places {
  readonly input: string;
  readonly output: string;
  readonly offsets: ReadonlyMap<string, number>;
}

function statementOf(
  { name, layer }: LayerSummary,
  shape: Shape,
  outputShape: Shape,
  { input, output, offsets }: Places,
): Statement | undefined {
  const [channels = 1, height = 1, width = 1] = shape;
  const [, outHeight = 1, outWidth = 1] = outputShape;
  const weights = (what: string): string => {
    const offset = offsets.get(`${name}.${what}`);
    return offset === undefined ? "NULL" : `model->weights + ${offset}`;
  };
  const elementwise = (call: string): Statement => ({
    text: `  ${call}(${sizeOf(shape)}, @);`,
    calls: [call],
    isInPlace: true,
  });
  const pooled = (call: string, fields: Readonly<Record<string, number>>): Statement => ({
    text: block(
      "pooling",
      { channels, height, width, out_height: outHeight, out_width: outWidth, ...fields },
      `${call}(&layer, ${input}, ${output});`,
    ),
    calls: [call],
    isInPlace: false,
  });
  switch (layer.kind) {
    case "conv2d": {
      const { filters, kernel, stride, padding, dilation, groups } = layer;
      const fields = {
        groups,
        channels: channels / groups,
        height,
        width,
        filters: filters / groups,
        out_height: outHeight,
        out_width: outWidth,
        kernel_height: kernel[0],
        kernel_width: kernel[1],
        stride_height: stride[0],
        stride_width: stride[1],
        top: padding[0],
        left: padding[1],
        dilation_height: dilation[0],
        dilation_width: dilation[1],
      };
      const call = `convolve(&layer, ${input}, ${weights("weight")}, ${weights("bias")}, ${output}, model->block);`;
      return { text: block("convolution", fields, call), calls: ["convolve"], isInPlace: false };
    }
    case "dense": {
      const call = `connect(${channels}, ${layer.units}, ${input}, ${weights("weight")}, ${weights("bias")}, ${output});`;
      return { text: `  ${call}`, calls: ["connect"], isInPlace: false };
    }
    case "relu":
      return elementwise("rectify");
    case "sigmoid":
      return elementwise("squash");
    case "tanh":
      return elementwise("tangent");
    case "maxPool":
      return pooled("pool_maximum", { ...windowOf(layer), top: layer.padding[0], left: layer.padding[1] });
    case "avgPool":
      return pooled("pool_mean", windowOf(layer));
    case "adaptiveAvgPool":
      return outHeight === height && outWidth === width ? undefined : pooled("pool_adaptive", {});
    case "lrn": {
      const { size, k, alpha, beta, groups } = layer;
      const settings = [k, alpha, beta].map((value) => numeral(value)).join(", ");
      const counts = `${groups}, ${channels / groups}, ${height * width}, ${size}`;
      const text = `  normalize(${counts}, ${settings}, ${input}, ${output});`;
      return { text, calls: ["normalize"], isInPlace: false };
    }
    case "dropout":
    case "flatten":
      return undefined;
  }
}

function windowOf({ window, stride }: Extract<Layer, { kind: "maxPool" | "avgPool" }>): Record<string, number> {
  return {
    window_height: window[0],
    window_width: window[1],
    stride_height: stride[0],
    stride_width: stride[1],
  };
}

/** A call with the settings of a layer before it. */
function block(type: string, fields: Readonly<Record<string, number>>, call: string): string {
  const settings = Object.entries(fields).map(([name, value]) => `.${name} = ${value}`);
  return `  {
    static const ${type} layer = {${settings.join(", ")}};
    ${call}
  }`;
}
