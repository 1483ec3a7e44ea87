import { WeightsError } from "@alexnet/core";
import { PickledObject, type PickleGlobals, pickleGlobals } from "../pickle/objects.js";

/** `numpy.dtype` in a pickle: a type string, and the byte order that its state adds. */
export class PickledDtype extends PickledObject {
  readonly #code: string;
  #order = "<";

  constructor(code: unknown) {
    super();
    if (typeof code !== "string" || code.length > 8)
      throw new WeightsError("The pickle has a NumPy type without a name.");
    this.#code = code;
  }

  /** `<f4`. */
  get text(): string {
    return this.#order + this.#code;
  }

  setState(state: unknown): void {
    if (Array.isArray(state) && typeof state[1] === "string") this.#order = state[1];
  }
}

/** `numpy.ndarray` in a pickle. */
export class PickledArray extends PickledObject {
  shape: readonly number[] = [];
  dtype: PickledDtype | undefined;
  fortran = false;
  bytes = new Uint8Array(0);
  /** The elements of an array of Python objects. */
  objects: readonly unknown[] | undefined;

  setState(state: unknown): void {
    const [, shape, dtype, fortran, data] = Array.isArray(state) ? state : [];
    if (Array.isArray(data)) {
      this.objects = data;
      return;
    }
    const bytes = data instanceof Uint8Array ? data : typeof data === "string" ? latin1Bytes(data) : undefined;
    const isShape = Array.isArray(shape) && shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
    if (!isShape || !(dtype instanceof PickledDtype) || !bytes) {
      throw new WeightsError("The pickle has a NumPy array without shape, type and bytes: it is damaged.");
    }
    Object.assign(this, { shape, dtype, fortran: fortran === true || fortran === 1, bytes });
  }
}

/** Text of a byte a character, as short data are in pickles of Python 2 and, by `_codecs.encode`, of Python 3. */
function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    if (code > 255) throw new WeightsError("The pickle has bytes that are none.");
    return code;
  });
}

const rebuilt = (): PickledArray => new PickledArray();

/** A number of NumPy, beside the weights: what it is does not matter, but that it is there must not stop the reader. */
const scalar = (): null => null;

/** What NumPy's arrays and numbers are in pickles, by the names of NumPy 1 and 2. */
export const numpyGlobals: PickleGlobals = pickleGlobals({
  "numpy.ndarray": undefined,
  "numpy.dtype": ([code]) => new PickledDtype(code),
  "numpy.core.multiarray._reconstruct": rebuilt,
  "numpy._core.multiarray._reconstruct": rebuilt,
  "numpy.core.multiarray.scalar": scalar,
  "numpy._core.multiarray.scalar": scalar,
  "_codecs.encode": ([text]) => latin1Bytes(String(text)),
});
