import { isAdam, type Schedule, type TrainingRecipe } from "@alexnet/core";
import { optimizerWithFlags } from "../../choices/optimizer.js";
import { UsageError } from "../../program/errors.js";
import { plural } from "../../text/format.js";
import { flagName, type TrainingFlags } from "./flags.js";

/** What each schedule starts from when the model's own recipe uses another one. */
const SCHEDULES: { readonly [Kind in Schedule["kind"]]: Omit<Extract<Schedule, { kind: Kind }>, "learningRate"> } = {
  constant: { kind: "constant" },
  step: { kind: "step", factor: 0.1, every: 30 },
  polynomial: { kind: "polynomial", power: 1 },
  cosine: { kind: "cosine" },
  plateau: { kind: "plateau", factor: 0.1, patience: 5, reductions: 3 },
};

/** Which flag sets which parameter of which schedules. */
const PARAMETERS = [
  { flag: "lrFactor", parameter: "factor", kinds: ["step", "plateau"] },
  { flag: "lrEvery", parameter: "every", kinds: ["step"] },
  { flag: "lrPower", parameter: "power", kinds: ["polynomial"] },
  { flag: "lrMinimum", parameter: "minimum", kinds: ["cosine"] },
  { flag: "lrPatience", parameter: "patience", kinds: ["plateau"] },
  { flag: "lrReductions", parameter: "reductions", kinds: ["plateau"] },
] as const;

/** The model's recipe with what the flags say instead. Throws `UsageError` for flags that do not go together. */
export function withFlags(recipe: TrainingRecipe, flags: TrainingFlags): TrainingRecipe {
  const optimizer = optimizerWithFlags(recipe.optimizer, flags);
  const learningRate = isAdam(optimizer) && !isAdam(recipe.optimizer) ? ADAM_RATE : recipe.schedule.learningRate;
  return {
    epochs: flags.epochs ?? recipe.epochs,
    batchSize: flags.batchSize ?? recipe.batchSize,
    optimizer,
    schedule: scheduleWithFlags({ ...recipe.schedule, learningRate }, flags),
  };
}

/** What `torch.optim.Adam` takes unless told otherwise; the recipes' rates are those of plain descent. */
const ADAM_RATE = 0.001;

function scheduleWithFlags(schedule: Schedule, flags: TrainingFlags): Schedule {
  const kind = flags.schedule ?? schedule.kind;
  const parameters: Record<string, unknown> = {};
  for (const { flag, parameter, kinds } of PARAMETERS) {
    const value = flags[flag];
    if (value === undefined) continue;
    if (!kinds.some((having) => having === kind)) {
      throw new UsageError(
        `${flagName(flag)} belongs to --schedule ${kinds.join(" and ")}, but the schedule is ${kind}.`,
      );
    }
    parameters[parameter] = value;
  }
  if (flags.monitor !== undefined) {
    if (kind === "plateau") parameters.monitor = flags.monitor;
    else if (flags.earlyStop === undefined) {
      throw new UsageError(
        `--monitor belongs to --schedule plateau and --early-stop, but the schedule is ${kind} and nothing stops early.`,
      );
    }
  }
  if (flags.warmupSteps !== undefined) parameters.warmup = { ...schedule.warmup, steps: flags.warmupSteps };
  const base = kind === schedule.kind ? schedule : SCHEDULES[kind];
  return { ...base, learningRate: flags.lr ?? schedule.learningRate, ...parameters };
}

/**
 * A batch for a training set that is smaller than a model's usual one: the largest power of two that still makes four
 * steps an epoch, where there are that many images.
 */
export function fittingBatch(examples: number): number {
  return 2 ** Math.floor(Math.log2(Math.max(1, examples / 4)));
}

/** The schedule in words: `learning rate 0.01, times 0.1 every 30 epochs`. */
export function describeSchedule(schedule: Schedule): string {
  const { warmup } = schedule;
  const rising = warmup ? `, after a warm-up of ${plural(warmup.steps, "step")}` : "";
  const start = `learning rate ${schedule.learningRate}${rising}`;
  switch (schedule.kind) {
    case "constant":
      return start;
    case "step":
      return `${start}, times ${schedule.factor} every ${schedule.every} epochs`;
    case "polynomial":
      return `${start}, falling to 0 with power ${schedule.power}`;
    case "cosine":
      return `${start}, falling to ${schedule.minimum ?? 0} with a cosine`;
    case "plateau": {
      const times = schedule.reductions === undefined ? "" : `, at most ${schedule.reductions} times`;
      return `${start}, times ${schedule.factor} when the test ${schedule.monitor ?? "error"} stalls for more than ${schedule.patience} epochs${times}`;
    }
  }
}
