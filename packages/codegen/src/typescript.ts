import type { Layer, Model, ParameterSettings } from "@alexnet/core";

/** A model as source in TypeScript that `defineModel` of @alexnet/core makes it from, settings that are the defaults left out. */
export function generateTypescript(model: Model): string {
  const kinds = [...new Set(model.layers.map(({ kind }) => kind))].sort();
  return `// ${model.name.replace(/[\r\n]+/g, " ")}: made by @alexnet/codegen.
import { defineModel, layers } from "@alexnet/core";

const { ${kinds.join(", ")} } = layers;

export const model = defineModel({
  name: ${JSON.stringify(model.name)},
  inputShape: [${model.inputShape.join(", ")}],
  layers: [
${model.layers.map((layer) => `    ${callOf(layer)},`).join("\n")}
  ],
});
`;
}

/** What the functions of `layers` take for granted. */
const defaults: Readonly<Record<string, string>> = { stride: "1", padding: "0", dilation: "1", groups: "1" };

const DEFAULT_PARAMETER = JSON.stringify({ initializer: { kind: "pytorch" }, learningRate: 1, weightDecay: 1 });

/** Longer calls get a line a setting. */
const MOST_COLUMNS = 110;

function callOf(layer: Layer): string {
  const { kind, name, ...settings } = layer;
  // The windows of pooling do not overlap unless told.
  const windows = "window" in layer ? { stride: literalOf("window", layer.window) } : {};
  const granted: Readonly<Record<string, string | undefined>> = { ...defaults, ...windows };
  const written = Object.entries(settings).flatMap(([key, value]) => {
    const text = literalOf(key, value);
    return text === undefined || text === granted[key] ? [] : [`${key}: ${text}`];
  });
  const start = `${kind}(${JSON.stringify(name)}`;
  if (written.length === 0) return `${start})`;
  const line = `${start}, { ${written.join(", ")} })`;
  if (line.length <= MOST_COLUMNS) return line;
  return `${start}, {\n${written.map((setting) => `      ${setting},`).join("\n")}\n    })`;
}

/** A setting as a literal, as short as the functions take it; `undefined` for one that is the default. */
function literalOf(key: string, value: unknown): string | undefined {
  if (key === "weight" || key === "bias") {
    if (value === undefined) return "false";
    return JSON.stringify(value) === DEFAULT_PARAMETER ? undefined : parameterOf(value as ParameterSettings); // These two hold nothing else.
  }
  if (!Array.isArray(value)) return JSON.stringify(value);
  const [first] = value;
  if (value.every((extent) => extent === first)) return String(first);
  const isSymmetric = value.length === 4 && value[0] === value[2] && value[1] === value[3];
  return `[${(isSymmetric ? value.slice(0, 2) : value).join(", ")}]`;
}

function parameterOf({ initializer, learningRate, weightDecay }: ParameterSettings): string {
  const { kind, ...settings } = initializer;
  const numbers = Object.entries(settings).map(([name, value]) => `, ${name}: ${value}`);
  const parts = [
    ...(kind === "pytorch" ? [] : [`initializer: { kind: ${JSON.stringify(kind)}${numbers.join("")} }`]),
    ...(learningRate === 1 ? [] : [`learningRate: ${learningRate}`]),
    ...(weightDecay === 1 ? [] : [`weightDecay: ${weightDecay}`]),
  ];
  return `{ ${parts.join(", ")} }`;
}
