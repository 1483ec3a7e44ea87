import type { Shape, Shape2, Shape4 } from "@alexnet/core";
import type { OperationKind, OperationOf, Program } from "@alexnet/core/program";
import type { GraphBuilder } from "../onnx/graph.js";
import type { OrderedValues } from "./orders.js";

/**
 * - `"ignore"`: leave it open.
 * - `"propagate"`: write more nodes, so that NaN comes through.
 * - `"tell"`: leave it open, and tell whether there was any, which costs less: whoever runs the graph can run one that
 *   propagates NaN instead.
 */
export type OnNaN = "ignore" | "propagate" | "tell";

/**
 * - `"direct"`: sums of products, as the definition has them.
 * - `"winograd"`: by Winograd's algorithm where that is cheaper: fewer products, larger rounding errors.
 */
export type ConvolutionMethod = "direct" | "winograd";

/**
 * - `"float32"`: as they are.
 * - `"int8"`: rounded to 8 bits in the products that `denseProducts` lists, and so is what they are multiplied with.
 */
export type DenseWeights = "float32" | "int8";

/** Choices of how a program is written. */
export type LoweringOptions = Pick<LoweringContext, "onNaN" | "convolution" | "denseWeights">;

/** What the lowering of an operation can see and use. */
export interface LoweringContext extends OrderedValues {
  readonly graph: GraphBuilder;
  readonly program: Program;
  /** How convolutions may be computed. */
  readonly convolution: ConvolutionMethod;
  /** The weights of dense layers. */
  readonly denseWeights: DenseWeights;
  /** Whether this product is one of those in 8 bits. */
  inEightBits(product: OperationOf<"matmul">): boolean;
  /** What to do where ONNX leaves open what becomes of NaN. */
  readonly onNaN: OnNaN;
  /** With `"tell"`: takes a value that is NaN if any was met. */
  tellNaN(value: string): void;
  /** What was made under this key before, or now. */
  once(key: string, make: () => string): string;
  /** Shape of a value of the program. */
  shape(value: string): Shape;
  /** Shape of a value that is a matrix. */
  shape2(value: string): Shape2;
  /** Shape of a value that is images or filters. */
  shape4(value: string): Shape4;
  /** The operation that makes a value, if one of this kind does and nobody but the asker reads it: it can be fused. */
  soleUse<Kind extends OperationKind>(value: string, kind: Kind): OperationOf<Kind> | undefined;
}

/**
 * Writes the nodes that compute an operation; the last one makes the value `operation.output`. Its inputs are there in
 * the program's order, except for operations that say they mind the order themselves.
 */
export type Lowering<Kind extends OperationKind> = (operation: OperationOf<Kind>, context: LoweringContext) => void;
