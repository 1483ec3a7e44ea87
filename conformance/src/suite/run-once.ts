import type { Backend, TensorMap } from "@alexnet/core";
import type { Program } from "@alexnet/core/program";

/** The outputs of one run of a program on variables of these values; nothing of it is left on the backend. */
export async function runOnce(
  backend: Backend,
  program: Program,
  feed: TensorMap,
  values: TensorMap = {},
): Promise<TensorMap> {
  const executable = await backend.compile(program);
  const variables = await backend.createVariables(values);
  try {
    const [outputs] = await executable.run(variables, [feed]);
    return outputs ?? {};
  } finally {
    await variables.dispose();
    await executable.dispose();
  }
}
