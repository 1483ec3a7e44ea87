import { engineUnavailable } from "@alexnet/core/backend";

/**
 * Loads packages of an engine when they are first needed. Throws `BackendUnavailableError`, saying what to install, when
 * one is missing or does not load.
 */
export async function loadPackages<Packages>(
  engine: string,
  packages: readonly string[],
  load: () => Promise<Packages>,
): Promise<Packages> {
  try {
    return await load();
  } catch (cause) {
    throw engineUnavailable(cause, { engine: `The engine ${engine}`, packages });
  }
}
