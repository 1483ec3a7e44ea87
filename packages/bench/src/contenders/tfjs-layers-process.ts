import { createRequire } from "node:module";
import { isAdam, type Layer, type Optimizer } from "@alexnet/core";
import type { Padding } from "@alexnet/core/program";
import { messageOf } from "@alexnet/core/support";
import type * as tfjs from "@tensorflow/tfjs";
import type { Task, Workload } from "../workload.js";
import { type Served, serve } from "./serve.js";

const LEARNING_RATE = 1e-3;
const threads = Number(process.argv[2]);

await serve(async (task) => {
  const tf = load();
  const facts = {
    engine: "@tensorflow/tfjs-layers",
    version: tf.version["tfjs-layers"],
    device: tf.getBackend(),
    threads,
  };
  return { facts, run: runner(task, tf) };
});

function load(): typeof tfjs {
  try {
    return createRequire(import.meta.url)("@tensorflow/tfjs-node");
  } catch (cause) {
    throw new Error(`@tensorflow/tfjs-node does not load: ${messageOf(cause).split("\n")[0]}`, { cause });
  }
}

function runner(task: Task, tf: typeof tfjs): Served["run"] {
  if (task.kind === "matrixProduct") return matrixProduct(task.size, tf);
  return task.workload.work === "training" ? training(task.workload, tf) : inference(task.workload, tf);
}

function training(workload: Workload, tf: typeof tfjs): Served["run"] {
  const { model, batch, optimizer } = workload;
  if (optimizer.weightDecay > 0) throw new Error("its optimizers have no weight decay");
  const network = networkOf(workload, tf);
  network.compile({ optimizer: optimizerOf(optimizer, tf), loss: "categoricalCrossentropy" });
  const images = imagesOf(workload, tf);
  const labels = tf.oneHot(
    Array.from({ length: batch }, (_, image) => image % model.classes),
    model.classes,
  );
  return async (steps) => {
    for (let step = 0; step < steps; step++) await network.trainOnBatch(images, labels);
    return steps;
  };
}

function optimizerOf(optimizer: Optimizer, { train }: typeof tfjs): tfjs.Optimizer {
  if (isAdam(optimizer)) {
    return train.adam(LEARNING_RATE, optimizer.beta1, optimizer.beta2, optimizer.epsilon);
  }
  return optimizer.momentum > 0 ? train.momentum(LEARNING_RATE, optimizer.momentum) : train.sgd(LEARNING_RATE);
}

function inference(workload: Workload, tf: typeof tfjs): Served["run"] {
  const network = networkOf(workload, tf);
  const images = imagesOf(workload, tf);
  return async (steps) => {
    for (let step = 0; step < steps; step++) {
      // A network with one output gives one.
      const answers = network.predictOnBatch(images) as tfjs.Tensor;
      await answers.data();
      answers.dispose();
    }
    return steps;
  };
}

function matrixProduct(size: number, tf: typeof tfjs): Served["run"] {
  const left = tf.randomNormal([size, size]);
  const right = tf.randomNormal([size, size]);
  return async (steps) => {
    for (let step = 0; step < steps; step++) tf.matMul(left, right).dispose();
    return steps;
  };
}

function imagesOf({ model, batch }: Workload, tf: typeof tfjs): tfjs.Tensor {
  const [channels, height, width] = model.inputShape;
  return tf.randomNormal([batch, height, width, channels]);
}

/** The model in TensorFlow.js's layers, channels last. */
function networkOf({ model }: Workload, tf: typeof tfjs): tfjs.Sequential {
  const [channels, height, width] = model.inputShape;
  const network = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [height, width, channels] })] });
  for (const layer of model.layers) {
    for (const part of layersOf(layer, tf)) network.add(part);
  }
  network.add(tf.layers.softmax());
  return network;
}

function layersOf(layer: Layer, tf: typeof tfjs): tfjs.layers.Layer[] {
  const { layers } = tf;
  switch (layer.kind) {
    case "conv2d": {
      if (layer.groups > 1) throw new Error("its convolutions have no groups");
      const { filters, kernel, stride, dilation, padding } = layer;
      const settings = {
        filters,
        kernelSize: [...kernel],
        strides: [...stride],
        dilationRate: [...dilation] as [number, number], // Else a list of any length.
      };
      return [...padded(padding, tf), layers.conv2d({ ...settings, useBias: layer.bias !== undefined })];
    }
    case "dense":
      return [layers.dense({ units: layer.units, useBias: layer.bias !== undefined })];
    case "relu":
    case "sigmoid":
    case "tanh":
      return [layers.activation({ activation: layer.kind })];
    case "maxPool":
      if (layer.padding.some((side) => side > 0)) throw new Error("its poolings pad by a rule of their own");
      return [layers.maxPooling2d({ poolSize: [...layer.window], strides: [...layer.stride] })];
    case "avgPool":
      return [layers.averagePooling2d({ poolSize: [...layer.window], strides: [...layer.stride] })];
    case "dropout":
      return [layers.dropout({ rate: layer.rate })];
    case "flatten":
      return [layers.flatten()];
    default:
      throw new Error(`it has no layer ${layer.kind}`);
  }
}

function padded([top, left, bottom, right]: Padding, tf: typeof tfjs): tfjs.layers.Layer[] {
  if (top + left + bottom + right === 0) return [];
  return [
    tf.layers.zeroPadding2d({
      padding: [
        [top, bottom],
        [left, right],
      ],
    }),
  ];
}
