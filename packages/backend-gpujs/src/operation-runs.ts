import type { InputsOf, OperationInputs, OperationKind, OperationOf } from "@alexnet/core/program";
import type { CompiledKernel, Engine } from "./engine/engine.js";
import type { OperationKernel, Run, Values } from "./kernels/kernel.js";

/**
 * Runs operations and keeps their compiled kernels. An operation of a program has the same shapes every time, so it runs
 * the same kernels in the same order: each is compiled at its first run. `alive` holds the tensors not yet freed.
 */
export function operationRuns(engine: Engine, alive: Set<Values>) {
  const compiled = new Map<object, CompiledKernel[]>();

  async function compute<Kind extends OperationKind>(
    kernel: OperationKernel<Kind>,
    inputs: InputsOf<Kind, Values>,
    operation: OperationOf<Kind>,
    inputShapes: OperationInputs[Kind],
  ): Promise<Values> {
    let kernels = compiled.get(operation);
    if (!kernels) {
      kernels = [];
      compiled.set(operation, kernels);
    }
    const ready = kernels;
    const made: Values[] = [];
    let next = 0;
    const run: Run = async (source, launch, runInputs) => {
      const position = next++;
      const kernel = ready[position] ?? engine.compile(source, launch);
      ready[position] = kernel;
      const result = await kernel.run(runInputs);
      made.push(result);
      alive.add(result);
      return result;
    };
    let result: Values | undefined;
    try {
      result = await kernel(run, inputs, operation, inputShapes);
      return result;
    } finally {
      for (const values of made) {
        if (values === result) continue;
        alive.delete(values);
        engine.free(values);
      }
    }
  }

  return {
    compute,
    /** Frees the kernels of these operations, or all. One that runs again is compiled again. */
    destroy(operations: readonly object[] = [...compiled.keys()]): void {
      for (const operation of operations) {
        for (const kernel of compiled.get(operation) ?? []) kernel.destroy();
        compiled.delete(operation);
      }
    },
  };
}
