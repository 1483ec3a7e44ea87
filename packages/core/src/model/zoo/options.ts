/** What every model of the zoo can be told. */
export interface ModelOptions {
  /** Number of classes. */
  readonly classes?: number;
  /** Colour channels of the images. */
  readonly channels?: number;
  /** Height and width of the images, pixels. */
  readonly inputSize?: number;
}
