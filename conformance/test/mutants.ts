import { Worker } from "node:worker_threads";
import { referenceKernels } from "@alexnet/backend-reference";
import {
  type Backend,
  type Kernels,
  kernelBackend,
  type Operation,
  type OperationKind,
  type Shape,
  type Tensor,
  type TensorMap,
} from "@alexnet/core";
import type { Level } from "../src/index.js";

/** A backend with one mistake. */
export interface Mutant {
  readonly name: string;
  /** The level that is meant to catch it. */
  readonly level: Level;
  /** The operation that is wrong, where one is: what does not run it cannot catch it. */
  readonly kind?: OperationKind;
  create(): Backend;
}

type Kernel<Kind extends OperationKind> = (typeof referenceKernels)[Kind];
type Shape4 = readonly [number, number, number, number];

const { conv2d, conv2dGradFilter, conv2dGradInput, matmul, maxPool, sgdUpdate, softmax } = referenceKernels;

interface Parts {
  readonly kernels?: Kernels<Float64Array>;
  upload?(tensor: Tensor): Float64Array;
  download?(buffer: Float64Array, shape: Shape): Tensor;
  /** Buffers that are made but never freed. */
  leaks?(): number;
}

/** The reference, with some of its parts replaced. */
export function referenceWith({ kernels = {}, upload, download, leaks }: Parts): Backend {
  const alive = new Set<Float64Array>();
  const keep = (buffer: Float64Array): Float64Array => {
    alive.add(buffer);
    return buffer;
  };
  type AnyKernel = (...given: readonly unknown[]) => Float64Array;
  const keeping = Object.entries({ ...referenceKernels, ...kernels }).map(([kind, kernel]) => [
    kind,
    (...given: readonly unknown[]) => keep((kernel as AnyKernel)(...given)),
  ]);
  return kernelBackend<Float64Array>({
    info: { name: "mutant", engine: "typescript", version: "0", device: "cpu", precision: "float64", details: {} },
    kernels: Object.fromEntries(keeping) as Kernels<Float64Array>,
    upload: (tensor) => keep(upload?.(tensor) ?? Float64Array.from(tensor.data)),
    download: async (buffer, shape) => download?.(buffer, shape) ?? { shape, data: buffer.slice() },
    free: (buffer) => void alive.delete(buffer),
    allocations: () => alive.size + (leaks?.() ?? 0),
  });
}

/** The same as float32 would have it: every result rounded once. Correct, and no mutant. */
export function float32Reference(): Backend {
  type AnyKernel = (...given: readonly unknown[]) => Float64Array;
  const rounding = Object.entries(referenceKernels).map(([kind, kernel]) => [
    kind,
    (...given: readonly unknown[]) => (kernel as AnyKernel)(...given).map(Math.fround),
  ]);
  const backend = referenceWith({ kernels: Object.fromEntries(rounding) as Kernels<Float64Array> });
  return { ...backend, info: { ...backend.info, name: "float32 reference", precision: "float32" } };
}

function withKernel<Kind extends OperationKind>(kind: Kind, kernel: Kernel<Kind>): Pick<Mutant, "kind" | "create"> {
  return { kind, create: () => referenceWith({ kernels: { [kind]: kernel } }) };
}

/** The reference whose behaviour, not its arithmetic, is changed. */
const behaving = (change: (backend: Backend) => Partial<Backend>) => (): Backend => {
  const backend = referenceWith({});
  return { ...backend, ...change(backend) };
};

/** A number with 11 significant bits, as float16 has them. */
function toHalf(value: number): number {
  if (value === 0) return 0;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10);
  return Math.round(value / unit) * unit;
}

/** The filter with each of its planes read column by column. */
function transposedTaps(filter: Float64Array, [, , height, width]: Shape4): Float64Array {
  const taps = height * width;
  return filter.map((_, index) => {
    const tap = index % taps;
    const turned = (tap % height) * width + Math.floor(tap / height);
    return filter[index - tap + turned] as number;
  });
}

function turnedTaps(filter: Float64Array, [, , height, width]: Shape4): Float64Array {
  const taps = height * width;
  return filter.map((_, index) => filter[index - (index % taps) + (taps - 1 - (index % taps))] as number);
}

/** The channels of an image batch in another order of groups. */
function swappedGroups(images: Float64Array, [batch, channels, height, width]: Shape4, groups: number): Float64Array {
  const group = (channels / groups) * height * width;
  return images.map((_, index) => {
    const inBatch = index % (images.length / batch);
    const from = ((Math.floor(inBatch / group) + 1) % groups) * group + (inBatch % group);
    return images[index - inBatch + from] as number;
  });
}

/** The images after the first set to zero. */
function firstOnly(images: Float64Array, [batch]: Shape): Float64Array {
  return images.map((value, index) => (index < images.length / (batch as number) ? value : 0));
}

export const mutants: readonly Mutant[] = [
  {
    name: "stale variables: what a run assigns is lost",
    level: 1,
    create: behaving((backend) => ({
      compile: (program) => backend.compile({ ...program, assignments: {} }),
    })),
  },
  {
    name: "runs the feeds of a call in reverse",
    level: 1,
    create: behaving((backend) => ({
      async compile(program) {
        const executable = await backend.compile(program);
        return {
          ...executable,
          run: async (variables, feeds) => (await executable.run(variables, feeds.toReversed())).toReversed(),
        };
      },
    })),
  },
  {
    name: "leaks a buffer in every addition",
    level: 1,
    create() {
      let leaked = 0;
      return referenceWith({
        leaks: () => leaked,
        kernels: {
          addBias: (...given) => {
            leaked++;
            return referenceKernels.addBias(...given);
          },
        },
      });
    },
  },
  {
    name: "keeps the caller's array instead of a copy",
    level: 1,
    create: () => referenceWith({ upload: ({ data }) => data as unknown as Float64Array }),
  },
  {
    name: "breaks when it is disposed of twice",
    level: 1,
    create: behaving((backend) => {
      let disposed = false;
      return {
        async dispose() {
          if (disposed) throw new TypeError("The device is gone.");
          disposed = true;
          await backend.dispose();
        },
      };
    }),
  },
  { name: "works on after dispose", level: 1, create: behaving(() => ({ dispose: async () => {} })) },
  {
    name: "leaves out operations it does not have",
    level: 1,
    create: behaving((backend) => ({
      compile: (program) =>
        backend.compile({
          ...program,
          operations: program.operations.filter(({ kind }) => backend.info.operations.includes(kind)),
        }),
    })),
  },
  {
    name: "runs the good feeds before it refuses a bad one",
    level: 1,
    create: behaving((backend) => ({
      async compile(program) {
        const executable = await backend.compile(program);
        return {
          ...executable,
          async run(variables, feeds) {
            const results: TensorMap[] = [];
            for (const feed of feeds) results.push(...(await executable.run(variables, [feed])));
            return results;
          },
        };
      },
    })),
  },
  {
    name: "leaves a worker thread that keeps the process alive",
    level: 1,
    create() {
      const worker = new Worker("setInterval(() => {}, 1000)", { eval: true });
      // The process of the tests is to end all the same.
      setTimeout(() => void worker.terminate(), 10_000).unref();
      return referenceWith({});
    },
  },
  {
    name: "reads every variable when asked for some",
    level: 1,
    create: behaving((backend) => ({
      async createVariables(values) {
        const variables = await backend.createVariables(values);
        const { read } = variables;
        return Object.assign(variables, { read: () => read() });
      },
    })),
  },
  {
    name: "maxPool passes over NaN",
    level: 2,
    ...withKernel("maxPool", ([input], operation, shapes) =>
      maxPool([(input as Float64Array).map((value) => (Number.isNaN(value) ? -1e9 : value))], operation, shapes),
    ),
  },
  {
    name: "concat of a single part forgets it",
    level: 2,
    ...withKernel("concat", (inputs, operation, shapes) =>
      inputs.length === 1
        ? new Float64Array(inputs[0]?.length ?? 0)
        : referenceKernels.concat(inputs, operation, shapes),
    ),
  },
  {
    name: "conv2d with its filter transposed",
    level: 2,
    ...withKernel("conv2d", ([input, filter], operation, shapes) =>
      conv2d([input as Float64Array, transposedTaps(filter as Float64Array, shapes[1] as Shape4)], operation, shapes),
    ),
  },
  {
    name: "conv2d that pads one pixel too far up and left",
    level: 2,
    ...withKernel("conv2d", (inputs, operation, shapes) => {
      const [top, left, bottom, right] = operation.attributes.padding;
      const padding = [top + 1, left + 1, bottom - 1, right - 1] as const;
      return conv2d(inputs, { ...operation, attributes: { ...operation.attributes, padding } }, shapes);
    }),
  },
  {
    name: "conv2d that takes uneven padding for even",
    level: 2,
    ...withKernel("conv2d", (inputs, operation, shapes) => {
      const [top, left, bottom, right] = operation.attributes.padding;
      const padding = [bottom, right, top, left] as const;
      return conv2d(inputs, { ...operation, attributes: { ...operation.attributes, padding } }, shapes);
    }),
  },
  {
    name: "conv2d with its groups in another order",
    level: 2,
    ...withKernel("conv2d", (inputs, operation, shapes) =>
      swappedGroups(conv2d(inputs, operation, shapes), operation.shape as Shape4, operation.attributes.groups),
    ),
  },
  {
    name: "conv2d without dilation",
    level: 2,
    ...withKernel("conv2d", (inputs, operation, shapes) =>
      conv2d(inputs, { ...operation, attributes: { ...operation.attributes, dilation: [1, 1] } }, shapes),
    ),
  },
  {
    name: "conv2d in float16",
    level: 2,
    ...withKernel("conv2d", (inputs, operation, shapes) =>
      conv2d(
        inputs.map((input) => input.map(toHalf)),
        operation,
        shapes,
      ),
    ),
  },
  {
    name: "float32 results in a backend that claims float64",
    level: 2,
    ...withKernel("matmul", (...given) => matmul(...given).map(Math.fround)),
  },
  {
    name: "a 1-D index that loses its last bit past 2^24",
    level: 2,
    ...withKernel("conv2d", (...given) => {
      const result = conv2d(...given);
      return result.map((value, index) => (index > 2 ** 24 ? (result[index - (index % 2)] as number) : value));
    }),
  },
  {
    name: "matmul that forgets to transpose its first factor",
    level: 2,
    ...withKernel("matmul", (inputs, operation, shapes) => {
      const [rows, columns] = shapes[0] as readonly [number, number];
      const { transposeA } = operation.attributes;
      const turned = transposeA ? ([columns, rows] as const) : (shapes[0] as Shape);
      return matmul(inputs, { ...operation, attributes: { ...operation.attributes, transposeA: false } }, [
        turned,
        shapes[1] as Shape,
      ]);
    }),
  },
  {
    name: "maxPool whose padding counts as zeros",
    level: 2,
    ...withKernel("maxPool", (inputs, operation, shapes) => {
      const padded = operation.attributes.padding.some((extent) => extent > 0);
      return maxPool(inputs, operation, shapes).map((value) => (padded ? Math.max(0, value) : value));
    }),
  },
  {
    name: "lrn with alpha divided by n",
    level: 2,
    ...withKernel("lrn", (inputs, operation, shapes) => {
      const { alpha, size } = operation.attributes;
      const attributes = { ...operation.attributes, alpha: alpha / size };
      return referenceKernels.lrn(inputs, { ...operation, attributes }, shapes);
    }),
  },
  {
    name: "lrn that takes its size for a radius",
    level: 2,
    ...withKernel("lrn", (inputs, operation, shapes) => {
      const attributes = { ...operation.attributes, size: 2 * operation.attributes.size + 1 };
      return referenceKernels.lrn(inputs, { ...operation, attributes }, shapes);
    }),
  },
  {
    name: "softmax over the batch",
    level: 2,
    ...withKernel("softmax", (inputs, operation, shapes) => {
      const [rows, columns] = operation.shape as readonly [number, number];
      const turn = (values: Float64Array, height: number, width: number): Float64Array =>
        values.map((_, index) => values[(index % height) * width + Math.floor(index / height)] as number);
      const shape = [columns, rows];
      const turned = softmax([turn(inputs[0] as Float64Array, rows, columns)], { ...operation, shape }, shapes);
      return turn(turned, columns, rows);
    }),
  },
  {
    name: "dropout masks ignored",
    level: 2,
    ...withKernel("multiply", ([values]) => (values as Float64Array).slice()),
  },
  {
    name: "towers joined in another order",
    level: 2,
    ...withKernel("concat", (inputs, operation, shapes) =>
      referenceKernels.concat(inputs.toReversed(), operation, shapes.toReversed()),
    ),
  },
  {
    name: "momentum forgotten",
    level: 2,
    ...withKernel("sgdUpdate", (inputs, operation, shapes) =>
      sgdUpdate(inputs, { ...operation, attributes: { ...operation.attributes, momentum: 1 } }, shapes),
    ),
  },
  {
    name: "weight decay on the wrong side of the learning rate",
    level: 2,
    ...withKernel("sgdUpdate", (inputs, operation, shapes) => {
      const { weightDecay } = operation.attributes;
      const attributes = { ...operation.attributes, weightDecay: 0 };
      const updated = sgdUpdate(inputs, { ...operation, attributes }, shapes);
      return updated.map((value, index) => value - weightDecay * ((inputs[1] as Float64Array)[index] as number));
    }),
  },
  {
    name: "missing bias gradient",
    level: 3,
    ...withKernel("biasGrad", (_, { shape }) => new Float64Array(shape[0] as number)),
  },
  {
    name: "bias gradient averaged, not summed",
    level: 3,
    ...withKernel("biasGrad", (inputs, operation, shapes) =>
      referenceKernels.biasGrad(inputs, operation, shapes).map((value) => value / ((shapes[0] as Shape)[0] as number)),
    ),
  },
  {
    name: "loss gradient summed, not averaged",
    level: 3,
    ...withKernel("softmaxCrossEntropyGrad", (inputs, operation, shapes) =>
      referenceKernels
        .softmaxCrossEntropyGrad(inputs, operation, shapes)
        .map((value) => value * (operation.shape[0] as number)),
    ),
  },
  {
    name: "loss gradient that takes every label for a whole one",
    level: 3,
    ...withKernel("softmaxCrossEntropyGrad", ([logits, labels], operation, shapes) => {
      const probabilities = softmax([logits as Float64Array], operation as unknown as Operation<"softmax">, shapes);
      const [examples] = operation.shape as readonly [number, number];
      return probabilities.map((value, index) => (value - ((labels as Float64Array)[index] as number)) / examples);
    }),
  },
  {
    name: "last-maximum pooling",
    level: 3,
    ...withKernel("maxPoolGrad", ([input, output, gradient], operation, shapes) => {
      const reversed = (values: Float64Array): Float64Array => values.toReversed();
      const { padding } = operation.attributes;
      const [, , height, width] = operation.shape as Shape4;
      const [, , pooledHeight, pooledWidth] = shapes[1] as Shape4;
      const { window, stride } = operation.attributes;
      // Seen from the other end, the first maximum is the last; what no window reaches is padding cut off.
      const rest = (extent: number, before: number, pooled: number, axis: 0 | 1): number =>
        (pooled - 1) * stride[axis] + window[axis] - before - extent;
      const turned = [
        rest(height, padding[0], pooledHeight, 0),
        rest(width, padding[1], pooledWidth, 1),
        padding[0],
        padding[1],
      ] as const;
      const attributes = { ...operation.attributes, padding: turned };
      const three = [input, output, gradient].map((values) => reversed(values as Float64Array));
      return reversed(referenceKernels.maxPoolGrad(three, { ...operation, attributes }, shapes));
    }),
  },
  {
    name: "average pooling gradient that is not divided",
    level: 3,
    ...withKernel("avgPoolGrad", (inputs, operation, shapes) => {
      const [height, width] = operation.attributes.window;
      return referenceKernels.avgPoolGrad(inputs, operation, shapes).map((value) => value * height * width);
    }),
  },
  {
    name: "filter gradient of the first image only",
    level: 3,
    ...withKernel("conv2dGradFilter", ([input, gradient], operation, shapes) =>
      conv2dGradFilter(
        [firstOnly(input as Float64Array, shapes[0] as Shape), gradient as Float64Array],
        operation,
        shapes,
      ),
    ),
  },
  {
    name: "input gradient through a filter that is not turned",
    level: 3,
    ...withKernel("conv2dGradInput", ([gradient, filter], operation, shapes) =>
      conv2dGradInput(
        [gradient as Float64Array, turnedTaps(filter as Float64Array, shapes[1] as Shape4)],
        operation,
        shapes,
      ),
    ),
  },
  {
    name: "lrn gradient without its second term",
    level: 3,
    ...withKernel("lrnGrad", ([input, output, gradient], operation, shapes) =>
      referenceKernels.lrnGrad(
        [input as Float64Array, (output as Float64Array).map(() => 0), gradient as Float64Array],
        operation,
        shapes,
      ),
    ),
  },
  {
    name: "ReLU that lets every gradient through",
    level: 3,
    ...withKernel("reluGrad", ([, gradient]) => (gradient as Float64Array).slice()),
  },
  {
    name: "tanh gradient 1 − y",
    level: 3,
    ...withKernel("tanhGrad", ([output, gradient]) =>
      (output as Float64Array).map((y, index) => ((gradient as Float64Array)[index] as number) * (1 - y)),
    ),
  },
  {
    name: "results padded to a multiple of 16",
    level: 4,
    create: () =>
      referenceWith({
        download(buffer, shape) {
          const data = new Float64Array(Math.ceil(buffer.length / 16) * 16);
          data.set(buffer);
          return { shape, data };
        },
      }),
  },
  {
    name: "weights kept in float16",
    level: 5,
    create: () =>
      referenceWith({
        upload: ({ shape, data }) => Float64Array.from(data, shape.length === 4 ? toHalf : Number),
      }),
  },
  {
    name: "velocities that do not survive a call",
    level: 6,
    create: behaving((backend) => ({
      async compile(program) {
        const kept = Object.entries(program.assignments).filter(([name]) => !name.endsWith(".velocity"));
        const whole = await backend.compile(program);
        const last = await backend.compile({ ...program, assignments: Object.fromEntries(kept) });
        return {
          ...whole,
          // Within a call they go on; its last step leaves them as they were.
          run: async (variables, feeds) => [
            ...(await whole.run(variables, feeds.slice(0, -1))),
            ...(await last.run(variables, feeds.slice(-1))),
          ],
        };
      },
    })),
  },
  {
    name: "learning rate of a call's first step in all of them",
    level: 6,
    create: behaving((backend) => ({
      async compile(program) {
        const executable = await backend.compile(program);
        return {
          ...executable,
          run(variables, feeds) {
            const rate = feeds[0]?.learningRate;
            return executable.run(variables, rate ? feeds.map((feed) => ({ ...feed, learningRate: rate })) : feeds);
          },
        };
      },
    })),
  },
  {
    name: "masks of the first call in all of them",
    level: 6,
    create: behaving((backend) => ({
      async compile(program) {
        const executable = await backend.compile(program);
        let first: TensorMap | undefined;
        return {
          ...executable,
          run(variables, feeds) {
            first ??= feeds[0] as TensorMap;
            const masks = Object.entries(first).filter(([name]) => name.endsWith(".mask"));
            return executable.run(
              variables,
              feeds.map((feed) => ({ ...feed, ...Object.fromEntries(masks) })),
            );
          },
        };
      },
    })),
  },
];
