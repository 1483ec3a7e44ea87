import { type AlexNetError, BackendUnavailableError, hasCode } from "../errors.js";
import { codeOf, messageOf } from "../support/thrown.js";

/** An engine's packages, for the error of one that does not load. */
export interface EnginePackages {
  /** What people call the engine, `ONNX Runtime`. */
  readonly engine: string;
  readonly packages: readonly string[];
  /** The command that installs them, and why it is that one; `npm install` unless told otherwise. */
  readonly install?: string;
}

/**
 * What to throw where the packages of an engine did not load: a `BackendUnavailableError` that says how to install one that
 * is missing, or what is wrong with one that is there.
 */
export function engineUnavailable(cause: unknown, { engine, packages, install }: EnginePackages): AlexNetError {
  if (hasCode(cause, "BACKEND_UNAVAILABLE")) return cause;
  const code = codeOf(cause);
  if (code !== "MODULE_NOT_FOUND" && code !== "ERR_MODULE_NOT_FOUND") {
    return new BackendUnavailableError(`${engine} is installed but does not load: ${messageOf(cause)}`, { cause });
  }
  const way = install ?? `"npm install ${packages.join(" ")}"`;
  return new BackendUnavailableError(`${engine} is not installed. Run ${way}.`, { cause, packages });
}
