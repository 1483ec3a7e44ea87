/** What the header of a JPEG says; the names of colors are sharp's. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly space: "b-w" | "srgb";
}

/** Markers without a segment: TEM, RST0 to RST7, SOI. */
const isBare = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
/** Start of a frame, of which DHT, JPG and DAC are none. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/**
 * Size and colors of a JPEG of one or three components of 8 bits (ITU-T T.81, B.2.2); `undefined` for everything else, which a
 * decoder has to look at.
 */
export function jpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    // Any number of 0xff may come before a marker.
    if (marker === 0xff) at++;
    else if (isBare(marker)) at += 2;
    else if (isFrame(marker)) {
      const [precision, height, width, components] = [
        bytes[at + 4]!,
        (bytes[at + 5]! << 8) | bytes[at + 6]!,
        (bytes[at + 7]! << 8) | bytes[at + 8]!,
        bytes[at + 9]!,
      ];
      const isPlain = precision === 8 && width > 0 && height > 0 && (components === 1 || components === 3);
      return isPlain ? { width, height, space: components === 1 ? "b-w" : "srgb" } : undefined;
    } else at += 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  }
  return undefined;
}
