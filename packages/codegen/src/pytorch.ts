import { type Layer, type Model, type Preprocessing, type Shape, summarize } from "@alexnet/core";
import { wholeOf } from "@alexnet/core/support";
import { identifierOf } from "./names.js";

/** The name of a layer as an attribute of a Python class; each layer has one of its own. */
export function pythonNames(model: Model): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set(["training", "forward", "self", "x", ...PYTHON_WORDS]);
  for (const { name } of model.layers) {
    const plain = name.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^(?=[0-9])|^$/, "layer_");
    let unique = plain;
    for (let count = 2; taken.has(unique); count++) unique = `${plain}_${count}`;
    taken.add(unique);
    names.set(name, unique);
  }
  return names;
}

const PYTHON_WORDS = [
  "and",
  "as",
  "class",
  "def",
  "del",
  "for",
  "from",
  "if",
  "import",
  "in",
  "is",
  "lambda",
  "not",
  "or",
  "pass",
  "return",
  "try",
  "while",
  "with",
  "None",
  "True",
  "False",
];

/**
 * A model as source of a PyTorch module whose `state_dict` has the names of our weights (what is no name in Python becomes one,
 * `pythonNames`), with a function that prepares a picture for it.
 */
export function generatePytorch(
  model: Model,
  options: { readonly preprocessing?: Preprocessing | undefined } = {},
): string {
  const names = pythonNames(model);
  const [channels, height, width] = model.inputShape;
  const className = identifierOf(model.name)
    .split("_")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
  const made: string[] = [];
  const steps: string[] = [];
  let shape: Shape = model.inputShape;
  for (const { layer, outputShape } of summarize(model).layers) {
    const output = outputShape.slice(1);
    const module = moduleOf(layer, shape);
    const name = names.get(layer.name)!;
    if (module !== undefined) made.push(`        self.${name} = ${module}`);
    const step = stepOf(layer, name, shape, output);
    if (step !== undefined) steps.push(`        x = ${step}  # ${output.join(" x ")}`);
    shape = output;
  }
  const usesLrn = model.layers.some(({ kind }) => kind === "lrn");
  return `"""${model.name.replaceAll('"', "'")} for PyTorch: made by @alexnet/codegen.

    from safetensors.torch import load_file

    model = ${className}().eval()
    model.load_state_dict(load_file("model.safetensors"))
    logits = model(prepare("picture.jpg"))
"""

import torch
from torch import nn
from torch.nn import functional as F
${usesLrn ? LRN : ""}

class ${className}(nn.Module):
    """Images [N, ${channels}, ${height}, ${width}] to logits [N, ${model.classes}]."""

    def __init__(self):
        super().__init__()
${made.join("\n")}

    def forward(self, x):
${steps.join("\n")}
        return x


${prepareSource(model, options.preprocessing ?? {})}`;
}

const LRN = `

def normalize(x, size, k, alpha, beta, groups=1):
    """Local response normalization with alpha as in the 2012 paper, not divided by size; groups do not see each other."""
    n, c, h, w = x.shape
    x = F.local_response_norm(x.reshape(n * groups, c // groups, h, w), size, alpha * size, beta, k)
    return x.reshape(n, c, h, w)
`;

/** The module that keeps a layer's weights; `undefined` for a layer that has none. */
function moduleOf(layer: Layer, shape: Shape): string | undefined {
  const bias = "bias" in layer && !layer.bias ? ", bias=False" : "";
  if (layer.kind === "dense") return `nn.Linear(${shape[0]}, ${layer.units}${bias})`;
  if (layer.kind !== "conv2d") return undefined;
  const { filters, kernel, stride, padding, dilation, groups } = layer;
  const settings = [
    ...setting("stride", stride, 1),
    ...(isSymmetric(padding) ? setting("padding", [padding[0], padding[1]], 0) : []),
    ...setting("dilation", dilation, 1),
    ...(groups === 1 ? [] : [`groups=${groups}`]),
  ];
  const words = [shape[0], filters, pair(kernel), ...settings].join(", ");
  return `nn.Conv2d(${words}${bias})`;
}

function stepOf(layer: Layer, name: string, input: Shape, output: Shape): string | undefined {
  switch (layer.kind) {
    case "conv2d":
      return `self.${name}(${isSymmetric(layer.padding) ? "x" : padded(layer.padding)})`;
    case "dense":
      return `self.${name}(x)`;
    case "relu":
      return "F.relu(x)";
    case "sigmoid":
    case "tanh":
      return `torch.${layer.kind}(x)`;
    case "maxPool": {
      const { window, stride, padding } = layer;
      const symmetric = isSymmetric(padding);
      const settings = symmetric ? setting("padding", [padding[0], padding[1]], 0) : [];
      const given = symmetric ? "x" : padded(padding, 'float("-inf")');
      return `F.max_pool2d(${[given, pair(window), pair(stride), ...settings].join(", ")})`;
    }
    case "avgPool":
      return `F.avg_pool2d(x, ${pair(layer.window)}, ${pair(layer.stride)})`;
    case "adaptiveAvgPool":
      return input[1] === output[1] && input[2] === output[2]
        ? undefined
        : `F.adaptive_avg_pool2d(x, ${pair(layer.outputSize)})`;
    case "lrn": {
      const { size, k, alpha, beta, groups } = layer;
      const tail = groups === 1 ? "" : `, groups=${groups}`;
      return `normalize(x, size=${size}, k=${k}, alpha=${alpha}, beta=${beta}${tail})`;
    }
    case "dropout":
      return `F.dropout(x, ${layer.rate}, self.training)`;
    case "flatten":
      return "torch.flatten(x, 1)";
  }
}

function pair([height, width]: readonly [number, number]): string {
  return height === width ? String(height) : `(${height}, ${width})`;
}

function setting(name: string, value: readonly [number, number], otherwise: number): readonly string[] {
  return value.every((extent) => extent === otherwise) ? [] : [`${name}=${pair(value)}`];
}

function isSymmetric([top, left, bottom, right]: readonly [number, number, number, number]): boolean {
  return top === bottom && left === right;
}

function padded([top, left, bottom, right]: readonly [number, number, number, number], value?: string): string {
  return `F.pad(x, (${left}, ${right}, ${top}, ${bottom})${value === undefined ? "" : `, value=${value}`})`;
}

/** Prepares a picture as `imageTensor` of @alexnet/data does, with Pillow. */
function prepareSource(model: Model, preprocessing: Preprocessing): string {
  const [channels, height, width] = model.inputShape;
  const { resizeMode = "stretch", range = 1, channelOrder = "rgb", mean, meanImage, std } = preprocessing;
  const whole = wholeOf(preprocessing, [height, width]);
  const { shorterSide: side, top, left } = whole;
  const [rows, columns] = whole.size;
  const margin = (whole: string, extent: number, more: number): string =>
    `round((${whole} - ${extent}) / 2)${more === 0 ? "" : ` + ${more}`}`;
  const perChannel = (values: readonly number[] | undefined, otherwise: number): string =>
    `torch.tensor([${Array.from({ length: channels }, (_, channel) => values?.[channel] ?? otherwise).join(", ")}]).view(-1, 1, 1)`;
  const resize =
    resizeMode === "stretch"
      ? `    image = image.resize((${columns}, ${rows}), Image.BILINEAR)${rows > height || columns > width ? `\n    image = image.crop((${left}, ${top}, ${left + width}, ${top + height}))` : ""}`
      : `    w, h = image.size
    w, h = (${side}, int(${side} * h / w)) if w <= h else (int(${side} * w / h), ${side})
    image = image.resize((w, h), Image.BILINEAR)
    left, top = ${margin("w", columns, left)}, ${margin("h", rows, top)}
    image = image.crop((left, top, left + ${width}, top + ${height}))`;
  const given = meanImage ? ", mean_image" : "";
  const told = meanImage ? `; mean_image [${model.inputShape.join(", ")}] is taken off it` : "";
  return `def prepare(path${given}):
    """A picture as the model was trained to see it, [1, ${channels}, ${height}, ${width}]${told}."""
    from PIL import Image

    image = Image.open(path).convert("${channels === 1 ? "L" : "RGB"}")
${resize}
    pixels = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8).view(${height}, ${width}, ${channels})
    x = pixels.permute(2, 0, 1)${channelOrder === "bgr" ? ".flip(0)" : ""}.float()${range === 1 ? " / 255" : ""}
    return ((x - ${meanImage ? "mean_image" : perChannel(mean, 0)}) / ${perChannel(std, 1)})[None]
`;
}
