import { exportOnnx } from "@alexnet/backend-onnx";
import { inferenceProgram, initialParameters, type Shape, type TensorMap } from "@alexnet/core";
import type { Program } from "@alexnet/core/program";
import { messageOf } from "@alexnet/core/support";
import type { Task } from "../workload.js";
import { matrixProduct, noiseOf, SEED } from "./inputs.js";
import { serve } from "./serve.js";

const threads = Number(process.argv[2]);

await serve(async (task) => {
  const { env, InferenceSession, Tensor } = await load();
  const { program, values } = programOf(task);
  const session = await InferenceSession.create(exportOnnx(program, values), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  // Inferences and products have one input.
  const [[input, shape]] = Object.entries(program.inputs) as [[string, Shape]];
  const feeds = { [input]: new Tensor("float32", noiseOf(shape).data, shape) };
  return {
    facts: { engine: "onnxruntime-node", version: env.versions.node ?? "unknown", threads },
    async run(steps) {
      for (let step = 0; step < steps; step++) await session.run(feeds);
      return steps;
    },
  };
});

async function load(): Promise<typeof import("onnxruntime-node")> {
  try {
    return await import("onnxruntime-node");
  } catch (cause) {
    throw new Error(`onnxruntime-node does not load: ${messageOf(cause).split("\n")[0]}`, { cause });
  }
}

function programOf(task: Task): { readonly program: Program; readonly values: TensorMap } {
  if (task.kind === "matrixProduct") {
    return { program: matrixProduct(task.size), values: { right: noiseOf([task.size, task.size]) } };
  }
  const { model, batch, work } = task.workload;
  if (work === "training") throw new Error("it has no training in JavaScript");
  return { program: inferenceProgram(model, batch).program, values: initialParameters(model, SEED) };
}
