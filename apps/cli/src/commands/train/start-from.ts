import { loadWeights } from "@alexnet/runs";
import { modelOf } from "../../choices/model-of-weights.js";
import { locationOf } from "../../choices/pretrained.js";
import type { Context } from "../../program/context.js";
import { UsageError } from "../../program/errors.js";
import type { TrainingFlags } from "./flags.js";
import type { Start } from "./plan.js";

/** The weights that `--from` names, and their model. Classes are those of the data, channels those of the weights. */
export async function startFrom(
  context: Context,
  from: string,
  flags: TrainingFlags & { readonly model?: string },
): Promise<Start> {
  if (flags.channels !== undefined || flags.towers !== undefined) {
    throw new UsageError("--channels and --towers cannot be given with --from: the weights decide them.");
  }
  const location = await locationOf(from, flags.download, context);
  if (location === undefined) throw new UsageError(`${from} was not fetched to its end.`);
  const weights = await loadWeights(location);
  const { model, inputSize } = flags;
  const chosen = await modelOf(weights, {
    ...(model !== undefined && { model }),
    ...(inputSize !== undefined && { inputSize }),
  });
  const { preprocessing } = weights.info;
  return { model: chosen, parameters: weights.parameters, ...(preprocessing && { preprocessing }) };
}
