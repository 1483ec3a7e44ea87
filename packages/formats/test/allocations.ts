const names = ["Uint8Array", "Uint16Array", "Uint32Array", "Float32Array", "Float64Array", "BigInt64Array"] as const;

/** Does something and counts the bytes of the typed arrays that it makes anew, views not counted. */
export function countingAllocations<Result>(work: () => Result): { readonly result: Result; readonly bytes: number } {
  let bytes = 0;
  const originals = names.map((name) => [name, globalThis[name]] as const);
  for (const [name, original] of originals) {
    const counting: object = new Proxy(original, {
      construct(target, [source, ...rest], newTarget): object {
        const made: ArrayBufferView = Reflect.construct(
          target,
          [source, ...rest],
          newTarget === counting ? target : newTarget,
        );
        if (!(source instanceof ArrayBuffer) && !(source instanceof SharedArrayBuffer)) bytes += made.byteLength;
        return made;
      },
    });
    Object.assign(globalThis, { [name]: counting });
  }
  try {
    return { result: work(), bytes };
  } finally {
    Object.assign(globalThis, Object.fromEntries(originals));
  }
}
