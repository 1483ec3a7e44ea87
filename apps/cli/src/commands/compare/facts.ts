import {
  type ActivationLayer,
  type Layer,
  type LayerSummary,
  type Model,
  type ModelSummary,
  summarize,
} from "@alexnet/core";
import { count, extents, magnitude, percent, short } from "../../text/format.js";

/** One line of a comparison: what is compared, and what each model has. */
export interface ComparedFact {
  readonly fact: string;
  readonly values: readonly [string, string];
}

/** Layers of two models that stand in the same place; where a model has none there, its side is missing. */
export interface ComparedLayers {
  readonly left?: LayerSummary;
  readonly right?: LayerSummary;
}

export interface Comparison {
  readonly models: readonly [ModelSummary, ModelSummary];
  readonly facts: readonly ComparedFact[];
  readonly layers: readonly ComparedLayers[];
}

/** Everything two models differ in, read off the models themselves. */
export function compareModels(left: Model, right: Model): Comparison {
  const models = [summarize(left), summarize(right)] as const;
  const row = (fact: string, tell: (summary: ModelSummary) => string): ComparedFact => ({
    fact,
    values: [tell(models[0]), tell(models[1])],
  });
  const convolutions = Math.max(...models.map(({ layers }) => layers.filter(isA("conv2d")).length));
  return {
    models,
    facts: [
      row("input", ({ inputShape }) => extents(inputShape.slice(1))),
      row("classes", ({ layers }) => String(layers.at(-1)?.outputShape[1])),
      row("layers", ({ layers }) => layerCounts(layers)),
      ...Array.from({ length: convolutions }, (_, index) =>
        row(`filters, conv ${index + 1}`, ({ layers }) => filters(layers.filter(isA("conv2d"))[index])),
      ),
      row("activations", ({ layers }) => distinct(layers, ({ layer }) => isActivation(layer), describeActivation)),
      row("pooling", ({ layers }) => distinct(layers, isPooling, describePooling)),
      row("normalization", ({ layers }) => distinct(layers, isA("lrn"), describeNormalization)),
      row("dropout", ({ layers }) =>
        distinct(layers, isA("dropout"), (layer) => (layer.kind === "dropout" ? `rate ${layer.rate}` : "")),
      ),
      row("dense layers", ({ layers }) => layers.filter(isA("dense")).map(units).join("–") || "none"),
      row("parameters", ({ parameters }) => count(parameters)),
      row("… in dense layers", ({ layers, parameters }) => percent(sum(layers.filter(isA("dense"))) / parameters)),
      row("multiply-adds", ({ multiplyAdds }) => magnitude(multiplyAdds)),
    ],
    layers: sideBySide(models[0].layers, models[1].layers),
  };
}

const ACTIVATIONS: Readonly<Record<ActivationLayer["kind"], string>> = {
  relu: "ReLU",
  sigmoid: "sigmoid",
  tanh: "tanh",
};

function isA(kind: Layer["kind"]): (layer: LayerSummary) => boolean {
  return (layer) => layer.kind === kind;
}

function isActivation(layer: Layer): layer is ActivationLayer {
  return layer.kind in ACTIVATIONS;
}

function describeActivation(layer: Layer): string {
  return isActivation(layer) ? ACTIVATIONS[layer.kind] : "";
}

function isPooling({ kind }: LayerSummary): boolean {
  return kind === "maxPool" || kind === "avgPool" || kind === "adaptiveAvgPool";
}

function sum(layers: readonly LayerSummary[]): number {
  return layers.reduce((total, { parameters }) => total + parameters, 0);
}

function units({ layer }: LayerSummary): string {
  return layer.kind === "dense" ? String(layer.units) : "";
}

function layerCounts(layers: readonly LayerSummary[]): string {
  const numbers = [
    [layers.filter(isA("conv2d")).length, "conv"],
    [layers.filter(isPooling).length, "pooling"],
    [layers.filter(isA("dense")).length, "dense"],
  ] as const;
  return numbers.map(([number, kind]) => `${number} ${kind}`).join(", ");
}

function filters(summary: LayerSummary | undefined): string {
  if (summary?.layer.kind !== "conv2d") return "–";
  const { filters: number, kernel, stride, groups } = summary.layer;
  const step = stride[0] === 1 && stride[1] === 1 ? "" : `, stride ${pair(stride)}`;
  return `${number} of ${extents(kernel)}${step}${groups === 1 ? "" : `, ${groups} groups`}`;
}

/** What the layers of a kind are, each way once, with how often it occurs when it is not every time. */
function distinct(
  layers: readonly LayerSummary[],
  which: (layer: LayerSummary) => boolean,
  describe: (layer: Layer) => string,
): string {
  const numbers = new Map<string, number>();
  for (const { layer } of layers.filter(which)) {
    const text = describe(layer);
    numbers.set(text, (numbers.get(text) ?? 0) + 1);
  }
  return [...numbers].map(([text, number]) => `${number} × ${text}`).join(", ") || "none";
}

function describePooling(layer: Layer): string {
  switch (layer.kind) {
    case "maxPool":
    case "avgPool": {
      const overlaps = layer.window.some((extent, axis) => extent > layer.stride[axis]!);
      const kind = layer.kind === "maxPool" ? "max" : "average";
      return `${kind} ${extents(layer.window)}, stride ${pair(layer.stride)}${overlaps ? ", overlapping" : ""}`;
    }
    case "adaptiveAvgPool":
      return `average to ${extents(layer.outputSize)}`;
    default:
      return layer.kind;
  }
}

function describeNormalization(layer: Layer): string {
  return layer.kind === "lrn" ? `local response over ${layer.size} channels, alpha ${short(layer.alpha)}` : layer.kind;
}

function pair([height, width]: readonly [number, number]): string {
  return height === width ? String(height) : `${height}×${width}`;
}

/**
 * The layers in two columns. A convolution or dense layer begins a block that reaches to the next one; convolutional
 * blocks stand beside each other in order, and so do dense ones, so that the same parts of both networks meet.
 */
function sideBySide(left: readonly LayerSummary[], right: readonly LayerSummary[]): readonly ComparedLayers[] {
  const [ours, theirs] = [blocks(left), blocks(right)] as const;
  return (["conv2d", "dense"] as const).flatMap((kind) => {
    const ofKind = (all: readonly Block[]): readonly Block[] => all.filter((block) => block.kind === kind);
    const [ourBlocks, theirBlocks] = [ofKind(ours), ofKind(theirs)];
    return Array.from({ length: Math.max(ourBlocks.length, theirBlocks.length) }, (_, index) =>
      pairUp(ourBlocks[index]?.layers ?? [], theirBlocks[index]?.layers ?? []),
    ).flat();
  });
}

interface Block {
  readonly kind: "conv2d" | "dense";
  readonly layers: LayerSummary[];
}

function blocks(layers: readonly LayerSummary[]): readonly Block[] {
  const found: Block[] = [];
  for (const layer of layers) {
    const last = found.at(-1);
    if (layer.kind === "conv2d" || layer.kind === "dense") found.push({ kind: layer.kind, layers: [layer] });
    else if (last) last.layers.push(layer);
    else found.push({ kind: "conv2d", layers: [layer] });
  }
  return found;
}

function pairUp(left: readonly LayerSummary[], right: readonly LayerSummary[]): readonly ComparedLayers[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => ({
    ...(left[index] && { left: left[index] }),
    ...(right[index] && { right: right[index] }),
  }));
}
