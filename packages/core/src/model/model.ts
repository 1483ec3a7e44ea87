import type { Layer } from "./layer.js";

/** A network as data: what goes in and the layers it passes, in order. The last layer gives one logit a class. */
export interface Model {
  readonly name: string;
  /** Shape of one image, `[C, H, W]`. */
  readonly inputShape: readonly [channels: number, height: number, width: number];
  /** Number of classes, the width of the last layer. */
  readonly classes: number;
  readonly layers: readonly Layer[];
}
