import type { TensorMap } from "@alexnet/core";
import type { Backend, Executable, Variables } from "@alexnet/core/backend";

/** Called before each run. */
export type Observe = (
  executable: Executable,
  variables: Variables,
  feeds: readonly TensorMap[],
) => Promise<void> | void;

/** The same backend, watched. */
export function observing(backend: Backend, observe: Observe): Backend {
  return {
    info: backend.info,
    createVariables: (values) => backend.createVariables(values),
    dispose: () => backend.dispose(),
    async compile(program) {
      const executable = await backend.compile(program);
      return {
        program,
        dispose: () => executable.dispose(),
        async run(variables, feeds) {
          await observe(executable, variables, feeds);
          return executable.run(variables, feeds);
        },
      };
    },
  };
}
