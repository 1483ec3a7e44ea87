import { sizeOf, type Tensor, WeightsError } from "@alexnet/core";
import type { Budget } from "../binary/budget.js";
import { gather, isRowMajor } from "../binary/strided.js";
import type { Storage } from "./storage.js";

/** PyTorch's own limit is 64. */
const MOST_AXES = 64;

/** A tensor of a file: where in a storage its elements are. */
export class TorchTensor {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  /** Throws `WeightsError` for one that is not inside of its storage, or larger than it. */
  constructor(storage: Storage, offset: unknown, shape: unknown, strides: unknown) {
    if (!isCount(offset) || !isCounts(shape) || !isCounts(strides) || shape.length !== strides.length) {
      throw new WeightsError("A tensor of the file has no whole numbers for offset, shape and strides: it is damaged.");
    }
    if (shape.length > MOST_AXES) throw new WeightsError(`A tensor of the file has ${shape.length} axes.`);
    const size = sizeOf(shape);
    const last = size === 0 ? 0 : shape.reduce((sum, extent, axis) => sum + (extent - 1) * strides[axis]!, offset + 1);
    if (size > storage.length || last > storage.length) {
      throw new WeightsError(
        `A tensor of shape [${shape.join(", ")}] reaches past the ${storage.length} elements of its storage.`,
      );
    }
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  /** Whether its elements can be those of a parameter. */
  get isFloating(): boolean {
    return this.storage.dtype.read !== undefined;
  }

  /** Its values: a view on the storage where they lie in order, else a copy. */
  read(budget: Budget): Tensor {
    const { offset, shape, strides } = this;
    const size = sizeOf(shape);
    if (size === 0) return { shape, data: new Float32Array(0) };
    const values = this.storage.values();
    if (isRowMajor(shape, strides)) return { shape, data: values.subarray(offset, offset + size) };
    budget.spend(size * values.BYTES_PER_ELEMENT, `A tensor of shape [${shape.join(", ")}]`);
    return { shape, data: gather(values, offset, shape, strides) };
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}
