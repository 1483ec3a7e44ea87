import { type Dataset, evaluator, fit, initialParameters, type Model, operationCosts } from "@alexnet/core";
import type { Backend, OperationTime } from "@alexnet/core/backend";
import type { Program } from "@alexnet/core/program";
import type { OperationScore } from "../contender.js";
import type { Task, Workload } from "../workload.js";
import type { BackendFactory } from "./backend.js";
import { matrixProduct, noiseOf, SEED } from "./inputs.js";
import { observing } from "./observing.js";
import { type Served, serve } from "./serve.js";

/** Small enough that nothing overflows on pictures of noise. */
const LEARNING_RATE = 1e-3;

// What `backendContender` has written.
const factory = JSON.parse(process.argv[2]!) as BackendFactory;
const module = (await import(factory.module)) as Record<string, (...args: readonly unknown[]) => Promise<Backend>>;

await serve(async (task) => {
  const backend = await module[factory.function]!(...factory.args);
  const { engine, version, device, details } = backend.info;
  const facts = { engine, version, device, ...details };
  return { facts, run: await runner(task, backend), profile: () => profile(task, backend) };
});

/** Times the operations in the first call of a step. */
async function profile(task: Task, backend: Backend): Promise<readonly OperationScore[]> {
  let scores: readonly OperationScore[] | undefined;
  const run = await runner(
    task,
    observing(backend, async (executable, variables, feeds) => {
      if (!executable.profile) throw new Error("it does not tell how long operations take");
      scores ??= scored(executable.program, await executable.profile(variables, feeds));
    }),
  );
  await run(1);
  return scores ?? [];
}

function scored(program: Program, times: readonly OperationTime[]): readonly OperationScore[] {
  const costs = operationCosts(program);
  return times.map(({ values, seconds }) => ({
    values,
    seconds,
    floatingPointOperations: 2 * values.reduce((sum, value) => sum + (costs.get(value) ?? 0), 0),
  }));
}

async function runner(task: Task, backend: Backend): Promise<Served["run"]> {
  if (task.kind === "matrixProduct") return product(task.size, backend);
  return task.workload.work === "training" ? training(task.workload, backend) : inference(task.workload, backend);
}

async function training({ model, batch, optimizer }: Workload, backend: Backend): Promise<Served["run"]> {
  let begun = 0;
  const events = fit({
    model,
    backend: observing(backend, (_, __, feeds) => {
      begun += feeds.length;
    }),
    training: noise(model, batch),
    epochs: 1_000_000,
    batchSize: batch,
    seed: SEED,
    optimizer,
    schedule: { kind: "constant", learningRate: LEARNING_RATE },
  });
  return async (wanted) => {
    let done = 0;
    const before = begun;
    // A turn ends where the backend gives the thread back: after all steps it takes at once.
    while (done < wanted || done < begun - before) {
      const { value } = await events.next();
      if (value?.type === "step") done++;
    }
    return done;
  };
}

async function inference({ model, batch }: Workload, backend: Backend): Promise<Served["run"]> {
  const variables = await backend.createVariables(initialParameters(model, SEED));
  const { predict } = evaluator(model, backend, batch);
  const images = noiseOf([batch, ...model.inputShape]);
  return async (steps) => {
    for (let step = 0; step < steps; step++) await predict(variables, images);
    return steps;
  };
}

async function product(size: number, backend: Backend): Promise<Served["run"]> {
  const executable = await backend.compile(matrixProduct(size));
  const variables = await backend.createVariables({ right: noiseOf([size, size]) });
  const feed = { left: noiseOf([size, size]) };
  return async (steps) => {
    for (let step = 0; step < steps; step++) await executable.run(variables, [feed]);
    return steps;
  };
}

/** Endless batches of the same noise, there at once: what is timed is the training, not the reading of files. */
function noise(model: Model, batch: number): Dataset {
  const images = noiseOf([batch, ...model.inputShape]);
  const labels = Int32Array.from({ length: batch }, (_, image) => image % model.classes);
  return {
    name: "noise",
    // Long epochs: steps are handed over in groups, and a group ends with its epoch.
    length: batch * 1024,
    imageShape: model.inputShape,
    classNames: Array.from({ length: model.classes }, (_, index) => String(index)),
    batch: async () => ({ images, labels }),
  };
}
