/** Size of uint8 pixels, `[height, width, channels]`. */
export interface PixelFormat {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/** An image's pixels, `[H, W, C]` uint8; gray has 1 channel, everything else 3 (RGB). */
export interface DecodedImage extends PixelFormat {
  readonly data: Uint8Array;
}
