import { formatShape } from "@alexnet/core";
import type { Colors } from "../../text/colors.js";
import { count, magnitude, plural } from "../../text/format.js";
import { describePreprocessing } from "../../text/preprocessing.js";
import { facts, table } from "../../text/table.js";
import { truncate } from "../../text/width.js";
import type { InspectedTensor, Inspection } from "./inspect.js";

/** So many names are shown; `--json` has all. */
const SHOWN = 6;

/** What is in a file, at most 80 columns wide. */
export function inspectionText(inspection: Inspection, colors: Colors): string {
  const { file, format, bytes, tensors, values, metadata, skipped } = inspection;
  const broken = tensors.filter(({ nan, infinite }) => nan + infinite > 0);
  const entries: (readonly [string, string])[] = [
    ["format", `${format}, ${magnitude(bytes)}B, ${plural(tensors.length, "tensor")}, ${plural(values, "value")}`],
    ["model", modelText(inspection)],
    ["pictures", inspection.preprocessing ? describePreprocessing(inspection.preprocessing) : "not told"],
    ["classes", classesText(inspection)],
    ...listed("missing", inspection.missing),
    ...listed("surplus", inspection.surplus),
    ...listed(
      "left out",
      Object.entries(skipped).map(([name, type]) => `${name} (${type})`),
    ),
    ...listed(
      "not finite",
      broken.map(({ name }) => name),
    ),
    ...Object.entries(metadata)
      .filter(([name]) => !SAID.has(name))
      .map(([name, text]) => [truncate(name, 16), truncate(text, 200)] as const),
  ];
  return [colors.bold(file), facts(entries), "", tensorTable(tensors, broken.length > 0)].join("\n");
}

/** What is told in words of its own. */
const SAID: ReadonlySet<string> = new Set(["classes", "preprocessing", "definition", "model", "options"]);

function modelText({ family, models, nearest }: Inspection): string {
  if (nearest) return `none that is known; nearest is ${nearest.family}'s ${nearest.model}`;
  if (models.length === 0) return "none that is known";
  const names = models.join(" or ");
  return family === undefined || family === "alexnet" ? names : `${names}, as ${family} has it`;
}

function classesText({ classes, classNames }: Inspection): string {
  const number = classes === undefined ? "not told" : count(classes);
  if (!classNames) return classes === undefined ? number : `${number}, without names`;
  const more = classNames.length > SHOWN ? ", …" : "";
  return `${number}: ${classNames.slice(0, SHOWN).join(", ")}${more}`;
}

function listed(title: string, names: readonly string[]): readonly (readonly [string, string])[] {
  if (names.length === 0) return [];
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return [[title, `${names.slice(0, SHOWN).join(", ")}${more}`]];
}

function tensorTable(tensors: readonly InspectedTensor[], withBroken: boolean): string {
  const numbers = ["min", "max", "mean", withBroken ? "not finite" : "std"];
  return table(
    [
      { title: "tensor" },
      { title: "shape" },
      { title: "type" },
      ...numbers.map((title) => ({ title, align: "right" as const })),
    ],
    tensors.map(({ name, shape, type, minimum, maximum, mean, deviation, nan, infinite }) => [
      truncate(name, withBroken ? 17 : 21),
      formatShape(shape).replaceAll(" ", ""),
      type,
      figure(minimum),
      figure(maximum),
      figure(mean),
      withBroken ? count(nan + infinite) : figure(deviation),
    ]),
  );
}

/** A number of any size in seven characters. */
function figure(value: number): string {
  if (Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  return value === 0 || (size >= 1e-3 && size < 1e4) ? value.toPrecision(3) : value.toExponential(1);
}
