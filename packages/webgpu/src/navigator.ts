/**
 * Calls `look` while there is a `navigator.gpu`, for libraries that look for it there. Afterwards it is gone again where it
 * was not before: a Dawn that the global object holds on to keeps the process from exiting.
 */
export function withNavigatorGpu<Result>(gpu: GPU, look: () => Result): Result {
  if (globalThis.navigator?.gpu) return look();
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true });
  try {
    return look();
  } finally {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else Reflect.deleteProperty(globalThis, "navigator");
  }
}
