import type { Shape, Tensor, TensorMap } from "@alexnet/core";
import type { ProgramBuilder } from "@alexnet/core/program";
import { drawn, type Values } from "./values.js";

/** A value that is fed. */
export interface Operand {
  readonly shape: Shape;
  /** How it is drawn; `ordinary` unless told. */
  readonly values?: Values;
}

/** Operations of one kind, with their gradients where they have any, on inputs of given shapes and values. */
export interface OperationCase {
  /** Says all that decides it, so that it stays what it is when others come and go. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, Operand>>;
  /** Writes the operations and returns the values to compare. */
  build(builder: ProgramBuilder): readonly string[];
}

/** What an operation case is fed: float32 values that the seed decides. */
export function caseFeed({ name, inputs }: OperationCase, seed: number): TensorMap {
  return Object.fromEntries(
    Object.entries(inputs).map(([input, { shape, values = "ordinary" }]): [string, Tensor] => [
      input,
      { shape, data: drawn(shape, { seed, purpose: `operations:${name}:${input}` }, values) },
    ]),
  );
}
