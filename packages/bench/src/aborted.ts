/** What to race against work that nobody can stop, and how to stop listening once it is done. */
export interface Abortion {
  /** Rejects with the signal's reason when that aborts. */
  readonly rejection: Promise<never>;
  forget(): void;
}

/** Listens to a signal; without one, nothing ever happens. */
export function abortionOf(signal: AbortSignal | undefined): Abortion {
  let abort = (): void => {};
  const rejection = new Promise<never>((_, reject) => {
    abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
  });
  // It may come when nobody waits any more.
  rejection.catch(() => {});
  return { rejection, forget: () => signal?.removeEventListener("abort", abort) };
}
