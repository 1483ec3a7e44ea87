import { sizeOf, type Tensor } from "../tensor.js";

/** The tensor with zeros after it until its first axis has the size; itself where it has it already. */
export function filledUp(values: Tensor, size: number): Tensor {
  if (values.shape[0] === size) return values;
  const shape = [size, ...values.shape.slice(1)];
  const data = new Float32Array(sizeOf(shape));
  data.set(values.data);
  return { shape, data };
}
