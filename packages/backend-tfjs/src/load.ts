import { BackendUnavailableError, hasCode } from "@alexnet/core";

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
    if (hasCode(cause, "BACKEND_UNAVAILABLE")) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const missing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
    throw new BackendUnavailableError(
      missing
        ? `The engine ${engine} is not installed. Run "npm install ${packages.join(" ")}".`
        : `The engine ${engine} is installed but does not load: ${message}`,
      { cause, packages: missing ? packages : [] },
    );
  }
}
