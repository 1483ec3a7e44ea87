import { type Backend, type Dataset, evaluator, fit, initialParameters, type Model } from "@alexnet/core";
import type { Task, Workload } from "../workload.js";
import type { BackendFactory } from "./backend.js";
import { matrixProduct, noiseOf, SEED } from "./inputs.js";
import { type Served, serve } from "./serve.js";

/** Small enough that nothing overflows on pictures of noise. */
const LEARNING_RATE = 1e-3;

const factory = JSON.parse(process.argv[2] as string) as BackendFactory;
const module = (await import(factory.module)) as Record<string, (...args: readonly unknown[]) => Promise<Backend>>;

await serve(async (task) => {
  const backend = await (module[factory.function] as (typeof module)[string])(...factory.args);
  const { engine, version, device, details } = backend.info;
  const facts = { engine, version, device, ...details };
  return { facts, run: await runner(task, backend) };
});

async function runner(task: Task, backend: Backend): Promise<Served["run"]> {
  if (task.kind === "matrixProduct") return product(task.size, backend);
  return task.workload.work === "training" ? training(task.workload, backend) : inference(task.workload, backend);
}

async function training({ model, batch, optimizer }: Workload, backend: Backend): Promise<Served["run"]> {
  const events = fit({
    model,
    backend,
    training: noise(model, batch),
    epochs: 1_000_000,
    batchSize: batch,
    seed: SEED,
    optimizer,
    schedule: { kind: "constant", learningRate: LEARNING_RATE },
  });
  return async (wanted) => {
    // A turn ends where the backend gives the thread back: after all steps it takes at once.
    const steps = Math.ceil(wanted / backend.info.preferredFeeds) * backend.info.preferredFeeds;
    for (let done = 0; done < steps; ) {
      const { value } = await events.next();
      if (value?.type === "step") done++;
    }
    return steps;
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
