/** Exit codes by shell convention: 128 and the signal's number. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type Signal = keyof typeof SIGNALS;

/**
 * Presses this close together count as one: `npm` passes on the Ctrl-C that the terminal has already sent to everyone.
 */
const ONE_PRESS_MS = 500;

/** Turns Ctrl-C into an orderly end. */
export interface Interrupt {
  /** Aborted at the first signal. */
  readonly signal: AbortSignal;
  /** What the process should end with, once interrupted. */
  exitCode(): number | undefined;
  /** Gives the signals back. */
  dispose(): void;
}

/** One that can be brought about. */
export interface Abortable extends Interrupt {
  /** Ends as if interrupted, for another reason. */
  abort(exitCode: number): void;
}

/**
 * The first SIGINT, SIGTERM, or SIGHUP (the terminal was closed) aborts `signal` and calls `onFirst`; a later one ends the process at
 * once, by the signal itself: `process.exit` would wait for an engine that holds another thread.
 */
export function interruptible(onFirst: () => void): Abortable {
  const controller = new AbortController();
  let code: number | undefined;
  let pressedAt = 0;
  const abort = (exitCode: number): void => {
    if (code !== undefined) return;
    code = exitCode;
    pressedAt = performance.now();
    onFirst();
    controller.abort();
  };
  const onSignal = (name: Signal): void => {
    if (code === undefined) abort(SIGNALS[name]);
    else if (performance.now() - pressedAt > ONE_PRESS_MS) {
      dispose();
      process.kill(process.pid, name);
    }
  };
  const dispose = (): void => {
    for (const name of Object.keys(SIGNALS)) process.off(name, onSignal);
  };
  for (const name of Object.keys(SIGNALS)) process.on(name, onSignal);
  return { signal: controller.signal, exitCode: () => code, abort, dispose };
}
