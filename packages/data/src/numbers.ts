/** Numbers that are added one after the other, in arrays that grow; eight bytes each. */
export interface Numbers {
  add(value: number): void;
  readonly length: number;
  /** They all, in memory that threads share. */
  shared(): Float64Array;
}

export function numbers(): Numbers {
  let values = new Float64Array(1024);
  let length = 0;
  return {
    add(value) {
      if (length === values.length) {
        const more = new Float64Array(2 * length);
        more.set(values);
        values = more;
      }
      values[length++] = value;
    },
    get length() {
      return length;
    },
    shared() {
      const found = new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
      found.set(values.subarray(0, length));
      return found;
    },
  };
}
