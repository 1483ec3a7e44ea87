/** Many texts in two arrays that threads share, in place of an object each. */
export interface PackedTexts {
  /** All of them in UTF-8, one after the other. */
  readonly bytes: Uint8Array;
  /** Where each ends. */
  readonly ends: Float64Array;
}

export function packTexts(texts: readonly string[]): PackedTexts {
  const encoder = new TextEncoder();
  let length = 0;
  for (const text of texts) length += Buffer.byteLength(text);
  const bytes = new Uint8Array(new SharedArrayBuffer(length));
  const ends = new Float64Array(new SharedArrayBuffer(texts.length * Float64Array.BYTES_PER_ELEMENT));
  let end = 0;
  for (const [index, text] of texts.entries()) {
    const encoded = encoder.encode(text);
    bytes.set(encoded, end);
    end += encoded.length;
    ends[index] = end;
  }
  return { bytes, ends };
}

export function textAt({ bytes, ends }: PackedTexts, index: number): string {
  return Buffer.from(bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index])).toString("utf8");
}
