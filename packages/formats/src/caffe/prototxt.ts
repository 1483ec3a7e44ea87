import { WeightsError } from "@alexnet/core";
import type { CaffeLayer, CaffeNet, Settings } from "./net.js";

/** A message in text: its fields in order, each as often as it stands there. */
interface TextMessage {
  readonly fields: (readonly [name: string, value: string | number | TextMessage])[];
}

/** A net of Caffe nests four deep. */
const DEEPEST = 20;

/** The numbers that names of values have in the binary form. */
const named: ReadonlyMap<string, number> = new Map([
  ["true", 1],
  ["false", 0],
  ["MAX", 0],
  ["AVE", 1],
  ["STOCHASTIC", 2],
  ["ACROSS_CHANNELS", 0],
  ["WITHIN_CHANNEL", 1],
  ["CEIL", 0],
  ["FLOOR", 1],
]);

/** The types of old files, whose names are in capitals. */
const oldNames: ReadonlyMap<string, string> = new Map(
  [
    "Convolution",
    "Dropout",
    "Flatten",
    "InnerProduct",
    "LRN",
    "Pooling",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "TanH",
    "Data",
  ].map((type) => [
    type
      .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
      .toUpperCase()
      .replace("RE_LU", "RELU")
      .replace("TAN_H", "TANH"),
    type,
  ]),
);

/**
 * Reads a net as text, such as `deploy.prototxt` (Protocol Buffers' text format). Fields that do not matter here are passed
 * over. Throws `WeightsError` with the line of what is no such text.
 */
export function parsePrototxt(text: string): CaffeNet {
  const root = parseMessage(tokensOf(text));
  const numbers = (message: TextMessage, name: string): number[] =>
    valuesOf(message, name).filter((value): value is number => typeof value === "number");
  const shapes = messagesOf(root, "input_shape").flatMap((shape) => numbers(shape, "dim"));
  return {
    name: textOf(root, "name"),
    layers: [...messagesOf(root, "layer"), ...messagesOf(root, "layers")].map(layerOf),
    inputs: valuesOf(root, "input").map(String),
    inputShape: [...numbers(root, "input_dim"), ...shapes],
  };
}

function layerOf(message: TextMessage): CaffeLayer {
  const settings: Record<string, Settings> = {};
  for (const [name, value] of message.fields) {
    if (typeof value !== "object" || !name.endsWith("_param")) continue;
    const inner = name === "input_param" ? (messagesOf(value, "shape")[0] ?? value) : value;
    settings[name] = settingsOf(inner, name === "input_param" ? "shape" : undefined);
  }
  const phases = messagesOf(message, "include").flatMap((rule) => valuesOf(rule, "phase"));
  const type = textOf(message, "type");
  return {
    name: textOf(message, "name"),
    type: oldNames.get(type) ?? type,
    bottom: valuesOf(message, "bottom").map(String),
    top: valuesOf(message, "top").map(String),
    blobs: [],
    settings,
    trainingOnly: phases.includes("TRAIN"),
  };
}

/** Settings by name, all under one name where they are a shape. */
function settingsOf({ fields }: TextMessage, all?: string): Settings {
  const settings: Record<string, (string | number)[]> = {};
  for (const [name, value] of fields) {
    if (typeof value === "object") continue;
    const key = all ?? name;
    settings[key] ??= [];
    settings[key].push(typeof value === "string" ? (named.get(value) ?? value) : value);
  }
  return settings;
}

function valuesOf({ fields }: TextMessage, name: string): (string | number)[] {
  return fields.flatMap(([field, value]) => (field === name && typeof value !== "object" ? [value] : []));
}

function messagesOf({ fields }: TextMessage, name: string): TextMessage[] {
  return fields.flatMap(([field, value]) => (field === name && typeof value === "object" ? [value] : []));
}

function textOf(message: TextMessage, name: string): string {
  return String(valuesOf(message, name)[0] ?? "");
}

interface Token {
  readonly text: string;
  readonly line: number;
}

const TOKEN = /#[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[{}<>:;,[\]]|[^\s{}<>:;,[\]"'#]+|(\S)/g;

function tokensOf(text: string): Iterator<Token> {
  return (function* () {
    let line = 1;
    let last = 0;
    for (const match of text.matchAll(TOKEN)) {
      line += text.slice(last, match.index).split("\n").length - 1;
      last = match.index;
      if (match[1] !== undefined) throw fault({ text: match[0], line }, "a name");
      if (!match[0].startsWith("#") && !/^[;,]$/.test(match[0])) yield { text: match[0], line };
    }
  })();
}

function fault({ text, line }: Token, wanted: string): WeightsError {
  return new WeightsError(`Line ${line} of the prototxt: ${wanted} is expected; got ${JSON.stringify(text)}.`);
}

function parseMessage(tokens: Iterator<Token>, depth = 0): TextMessage {
  const fields: TextMessage["fields"] = [];
  for (;;) {
    const { value: token, done } = tokens.next();
    if (done) {
      if (depth > 0) throw new WeightsError("The prototxt ends inside of a message: a } is missing.");
      return { fields };
    }
    if (depth > 0 && (token.text === "}" || token.text === ">")) return { fields };
    if (!/^\w+$/.test(token.text)) throw fault(token, "the name of a field");
    let value = required(tokens);
    const isScalar = value.text === ":";
    if (isScalar) value = required(tokens);
    if (value.text === "{" || value.text === "<") {
      if (depth === DEEPEST) throw fault(value, `a message nested no more than ${DEEPEST} deep`);
      fields.push([token.text, parseMessage(tokens, depth + 1)]);
    } else if (!isScalar) throw fault(value, "a colon or a message");
    else if (value.text === "[") for (const item of listItems(tokens)) fields.push([token.text, item]);
    else fields.push([token.text, scalarOf(value)]);
  }
}

function listItems(tokens: Iterator<Token>): (string | number)[] {
  const items: (string | number)[] = [];
  for (let token = required(tokens); token.text !== "]"; token = required(tokens)) items.push(scalarOf(token));
  return items;
}

function scalarOf(token: Token): string | number {
  const { text } = token;
  if (/^["']/.test(text)) return text.slice(1, -1);
  if (/^[{}<>:[\]]$/.test(text)) throw fault(token, "a value");
  const number = Number(text.replace(/f$/i, ""));
  return Number.isNaN(number) ? text : number;
}

function required(tokens: Iterator<Token>): Token {
  const { value, done } = tokens.next();
  if (done) throw new WeightsError("The prototxt ends in the middle of a field.");
  return value;
}
