/**
 * What TensorFlow.js needs to load models with local response normalization.
 *
 * @module @alexnet/formats/tfjs
 */
import type * as tfjs from "@tensorflow/tfjs";

/**
 * Registers local response normalization as a layer with TensorFlow.js, which has it as an operation only. Models that
 * `encodeTfjs` wrote of the 2012 AlexNet or Caffe's load after it; all others do without.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * registerTfjsLayers(tf);
 * const model = await tf.loadLayersModel("https://…/model.json");
 * ```
 */
export function registerTfjsLayers(tf: typeof tfjs): void {
  class LocalResponseNormalization extends tf.layers.Layer {
    static readonly className = "LocalResponseNormalization";
    readonly settings: Settings;

    constructor(config: Settings) {
      super({ name: config.name });
      this.settings = config;
    }

    override call(inputs: tfjs.Tensor | tfjs.Tensor[]): tfjs.Tensor {
      return tf.tidy(() => {
        const { size, k, alpha, beta, groups = 1 } = this.settings;
        // Images, channels last: the layers around it give no others.
        const images = (Array.isArray(inputs) ? inputs[0] : inputs) as tfjs.Tensor4D;
        const towers = tf.split(images, groups, 3) as tfjs.Tensor4D[]; // Cut along an axis, they keep their axes.
        return tf.concat(
          towers.map((tower) => tf.localResponseNormalization(tower, (size - 1) / 2, k, alpha, beta)),
          3,
        );
      });
    }

    override getConfig(): tfjs.serialization.ConfigDict {
      return { ...super.getConfig(), ...this.settings };
    }
  }
  tf.serialization.registerClass(LocalResponseNormalization as never); // Its type wants a config of anything.
}

type Settings = {
  readonly name: string;
  readonly size: number;
  readonly k: number;
  readonly alpha: number;
  readonly beta: number;
  readonly groups?: number;
};
