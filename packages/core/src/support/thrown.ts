/** The code of an error, this library's or the system's (`"ENOENT"`); `undefined` where it has none. */
export function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

/** The message of whatever was thrown: of an error, also one of another realm, or the thing itself as text. */
export function messageOf(error: unknown): string {
  const hasMessage = typeof error === "object" && error !== null && "message" in error;
  return hasMessage && typeof error.message === "string" ? error.message : String(error);
}
