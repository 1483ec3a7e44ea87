import { isPulled, pretrainedPath, pretrainedWeights } from "@alexnet/formats/node";
import { pulled } from "../../choices/pretrained.js";
import type { Context } from "../../program/context.js";
import { magnitude, percent } from "../../text/format.js";
import { facts, table } from "../../text/table.js";

export interface PullFlags {
  readonly cacheDir?: string;
  readonly mirror?: readonly string[];
  readonly json?: boolean;
}

/** Lists the weights that are known by name. */
export function listPublished(context: Context, { cacheDir, json }: PullFlags): void {
  const terminal = context.terminal();
  const entries = pretrainedWeights.map((weights) => ({
    ...weights,
    path: pretrainedPath(weights.name, cacheDir),
    isHere: isPulled(weights.name, cacheDir),
  }));
  if (json) {
    terminal.print(JSON.stringify(entries, undefined, 2));
    return;
  }
  const rows = entries.map(({ name, model, bytes, accuracy, isHere }) => [
    name,
    model,
    `${magnitude(bytes)}B`,
    percent(accuracy.top1),
    percent(accuracy.top5),
    isHere ? "here" : "–",
  ]);
  terminal.print(
    table(
      [
        { title: "weights" },
        { title: "model" },
        { title: "size", align: "right" },
        { title: "top-1", align: "right" },
        { title: "top-5", align: "right" },
        { title: "fetched" },
      ],
      rows,
    ),
  );
  terminal.print("\nTop-1 and top-5 as published, on ImageNet's validation set, one crop.");
}

/** `alexnet pull <name>`. */
export async function pullByName(context: Context, name: string, flags: PullFlags): Promise<void> {
  const terminal = context.terminal();
  const found = await pulled(name, { directory: flags.cacheDir, mirrors: flags.mirror }, context);
  if (found === undefined) return;
  const { path, weights } = found;
  if (flags.json) {
    terminal.print(JSON.stringify({ ...weights, path }, undefined, 2));
    return;
  }
  terminal.print(path);
  terminal.note(
    facts([
      ["model", weights.model],
      ["source", weights.source],
      ["licence", weights.licence],
      ["SHA-256", weights.sha256],
    ]),
  );
}
