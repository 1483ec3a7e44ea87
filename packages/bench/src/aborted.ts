/** Rejects with the signal's reason when it aborts, to be raced against what nobody can stop; nothing happens without one. */
export function aborted(signal: AbortSignal | undefined): Promise<never> {
  const rejection = new Promise<never>((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  // It may come when nobody waits any more.
  rejection.catch(() => {});
  return rejection;
}
