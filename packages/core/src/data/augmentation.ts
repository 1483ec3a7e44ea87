/**
 * How the images of a training are varied, each anew in every epoch (Krizhevsky et al., 2012, section 4.1). What is drawn is a
 * function of the seed, the epoch and the index of the image: the same for any number of workers, on every machine.
 */
export interface Augmentation extends Variation {
  /** Decides what is drawn; a training's own seed will do. */
  readonly seed: number;
  /**
   * Adds to all pixels of an image the principal components of the training set's colors, each times its eigenvalue and a normal
   * draw of this standard deviation; 0.1 in the paper. Colors count from 0 to 1.
   */
  readonly colorNoise?: { readonly deviation: number; readonly components: PrincipalComponents };
}

/** The part of an augmentation that depends neither on a seed nor on the training set, beside random parts of `Preprocessing.cropFrom`. */
export interface Variation {
  /** In the place of a part of `cropFrom`: a part of the picture of random size and proportions, resized to the model's size, as torchvision's models train. */
  readonly resizedCrop?: RandomBox;
  /** Whether every other image, at random, is mirrored left to right. */
  readonly mirror?: boolean;
}

/** A part of a picture, of random size and proportions (torchvision's `RandomResizedCrop`). */
export interface RandomBox {
  /** Share of the picture's area that it has, at least and at most; `[0.08, 1]` for torchvision's models. */
  readonly scale: readonly [least: number, most: number];
  /** Width through height, at least and at most; `[3/4, 4/3]` for torchvision's models. */
  readonly ratio: readonly [least: number, most: number];
}

/** The principal components of colors, the largest first. */
export interface PrincipalComponents {
  /** Variances along the components, colors counting from 0 to 1. */
  readonly eigenvalues: readonly number[];
  /** The component of each: red, green and blue, of length 1, the largest share positive. */
  readonly eigenvectors: readonly (readonly number[])[];
}
