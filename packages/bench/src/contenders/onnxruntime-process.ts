import { exportOnnx } from "@alexnet/backend-onnx";
import {
  inferenceProgram,
  initialParameters,
  normal,
  type Program,
  programBuilder,
  sizeOf,
  type TensorMap,
} from "@alexnet/core";
import type { Task } from "../workload.js";
import { serve } from "./serve.js";

const threads = Number(process.argv[2]);

await serve(async (task) => {
  const { env, InferenceSession, Tensor } = await load();
  const { program, values } = programOf(task);
  const session = await InferenceSession.create(exportOnnx(program, values), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  const [[input, shape]] = Object.entries(program.inputs) as [[string, readonly number[]]];
  const feeds = {
    [input]: new Tensor("float32", normal({ seed: 0, purpose: "noise", step: 0 }, sizeOf(shape)), shape),
  };
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
    throw new Error(`onnxruntime-node does not load: ${(cause as Error).message.split("\n")[0]}`, { cause });
  }
}

function programOf(task: Task): { readonly program: Program; readonly values: TensorMap } {
  if (task.kind === "matrixProduct") return { program: matrixProduct(task.size), values: {} };
  const { model, batch, work } = task.workload;
  if (work === "training") throw new Error("it has no training in JavaScript");
  return { program: inferenceProgram(model, batch).program, values: initialParameters(model, 0) };
}

function matrixProduct(size: number): Program {
  const builder = programBuilder("matrix product");
  const matrix = builder.input("matrix", [size, size]);
  const product = builder.apply("matmul", [matrix, matrix], { transposeA: false, transposeB: false });
  builder.output(builder.apply("slice", [product], { axis: 0, start: 0, end: 1 }), "row");
  return builder.build();
}
