import { codeOf } from "./code-of.js";

const reasons: ReadonlyMap<string, string> = new Map([
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the disk quota is used up"],
  ["EROFS", "the disk is read-only"],
  ["EACCES", "permission is denied"],
  ["EPERM", "permission is denied"],
  ["ENOENT", "it is not there"],
  ["ENOTDIR", "part of its path is not a folder"],
  ["EISDIR", "it is a folder, not a file"],
]);

/** A failed file operation in a few words, `the disk is full (ENOSPC)`; other errors by their message. */
export function describeFailure(error: unknown): string {
  // Anything can be thrown; what has neither is told as text.
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = reasons.get(code ?? "");
  return reason === undefined ? (message ?? String(error)) : `${reason} (${code})`;
}

/** Whether freeing space would mend it. */
export function isDiskFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOSPC" || code === "EDQUOT";
}
