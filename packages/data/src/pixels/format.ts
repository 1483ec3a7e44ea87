/** Size of uint8 pixels, `[height, width, channels]`. */
export interface PixelFormat {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}
