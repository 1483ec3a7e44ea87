import { existsSync } from "node:fs";
import {
  isPulled,
  type PretrainedWeights,
  pretrainedNamed,
  pretrainedPath,
  pretrainedWeights,
  pullWeights,
} from "@alexnet/formats/node";
import type { Context } from "../program/context.js";
import { UsageError } from "../program/errors.js";
import { command } from "../program/invocation.js";
import { unknownName } from "../program/suggest.js";
import { inOurWords } from "../program/words.js";
import { gauge } from "../text/bar.js";
import { magnitude } from "../text/format.js";

const WORDS = { "pass other mirrors": "name another address with --mirror" };

/**
 * Fetches published weights, unless they are there, and shows how far that is. `undefined` when it was interrupted: then the
 * exit code is set. Throws `UsageError` for an unknown name, `WeightsError` when it cannot be done.
 */
export async function pulled(
  name: string,
  { directory, mirrors }: { readonly directory?: string | undefined; readonly mirrors?: readonly string[] | undefined },
  context: Context,
): Promise<{ readonly path: string; readonly weights: PretrainedWeights } | undefined> {
  const known = pretrainedWeights.map((weights) => weights.name);
  if (!known.includes(name)) throw unknownName("published weights", name, known);
  const terminal = context.terminal();
  const interrupt = terminal.interruptible("Stopping. What has arrived is kept for the next time.");
  let announced = "";
  try {
    const path = await inOurWords(WORDS, () =>
      pullWeights(name, {
        ...(directory !== undefined && { directory }),
        ...(mirrors && { mirrors }),
        signal: interrupt.signal,
        onProgress({ url, bytes, total }) {
          if (terminal.interactive) {
            terminal.status(`${name}  ${gauge(bytes / total, 24)}  ${magnitude(bytes)}B of ${magnitude(total)}B`);
          } else if (announced !== url) terminal.note(`Fetching ${url}`);
          announced = url;
        },
      }),
    );
    terminal.status("");
    return { path, weights: pretrainedNamed(name) };
  } catch (error) {
    const code = interrupt.exitCode();
    if (code === undefined) throw error;
    context.exitWith(code);
    return undefined;
  } finally {
    interrupt.dispose();
  }
}

/**
 * The path that somebody means: what is there under that name, or else published weights of that name, which are fetched only when
 * that was asked for. `undefined` when fetching was interrupted.
 */
export async function locationOf(
  given: string,
  download: boolean | undefined,
  context: Context,
): Promise<string | undefined> {
  if (existsSync(given) || !pretrainedWeights.some(({ name }) => name === given)) return given;
  if (isPulled(given)) return pretrainedPath(given);
  if (download) return (await pulled(given, {}, context))?.path;
  const { bytes } = pretrainedNamed(given);
  throw new UsageError(
    `${given} was not fetched yet (${magnitude(bytes)}B). Fetch it with ${command("pull", given)}, or add --download.`,
  );
}
