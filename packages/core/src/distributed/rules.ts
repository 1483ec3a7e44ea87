import type { OperationAttributes, OperationInputs, OperationKind, OperationOf } from "../program/operation.js";
import type { Shape } from "../tensor.js";
import { axisOf, canLie, dividedAlong, type Layout, localShape, partial, whole } from "./layout.js";

/** What a rule is told of an operation: shapes are those of the whole values. */
export interface RuleContext<Kind extends OperationKind> {
  readonly operation: OperationOf<Kind>;
  readonly shapes: OperationInputs[Kind];
  /** How its inputs lie before anything is exchanged. */
  readonly layouts: readonly Layout[];
  /** Whether all of an input is there on each rank, because it lies so or has been exchanged for something else. */
  isWhole(position: number): boolean;
  readonly ranks: number;
}

/** How an operation is computed on ranks. */
export interface Placed<Kind extends OperationKind> {
  /** How its inputs have to lie. */
  readonly inputs: readonly Layout[];
  /** How its output then does. */
  readonly output: Layout;
  /** What a rank's operation is told, where that is something else. */
  readonly attributes?: OperationAttributes[Kind];
  /** What a rank's result is multiplied by. */
  readonly factor?: number;
}

type Rule<Kind extends OperationKind> = (context: RuleContext<Kind>) => Placed<Kind> | undefined;

/** Where a rule has no answer each rank computes all of it. */
export function placed<Kind extends OperationKind>(context: RuleContext<Kind>): Placed<Kind> {
  const rule: Rule<Kind> = rules[context.operation.kind];
  return rule(context) ?? { inputs: context.layouts.map(() => whole), output: whole };
}

/** The axis of an input whose neighbors a rank has. */
function axisOfInput<Kind extends OperationKind>(
  { shapes, layouts, ranks }: RuleContext<Kind>,
  position: number,
): number | undefined {
  const each: readonly Shape[] = shapes;
  return axisOf(layouts[position]!, each[position]!, ranks);
}

/** What is computed element by element: all of the first so many inputs lie alike, as one of them does; what comes after them is small. */
function alike<Kind extends OperationKind>(count = Number.POSITIVE_INFINITY): Rule<Kind> {
  return ({ layouts }) => {
    const layout = layouts.slice(0, count).find(({ kind }) => kind === "divided") ?? whole;
    return { inputs: layouts.map((_, position) => (position < count ? layout : whole)), output: layout };
  };
}

/** A sum, or a multiple: parts of it can be added up later. */
function linear<Kind extends OperationKind>(context: RuleContext<Kind>): Placed<Kind> | undefined {
  if (!context.layouts.every(({ kind }) => kind === "partial")) return alike<Kind>()(context);
  return { inputs: context.layouts, output: partial };
}

/** An update, where that which is updated lies: the first of so many inputs that is no part of a sum. */
function update<Kind extends OperationKind>(count: number): Rule<Kind> {
  return ({ layouts }) => {
    const layout = layouts.slice(0, count).find(({ kind }) => kind !== "partial") ?? whole;
    return { inputs: layouts.map((_, position) => (position < count ? layout : whole)), output: layout };
  };
}

/** What is computed apart along so many of the first axes, in all inputs alike. */
function apartAlong<Kind extends OperationKind>(axes: number): Rule<Kind> {
  return ({ shapes, layouts, ranks }) => {
    const each: readonly Shape[] = shapes;
    const layout = layouts.find(
      (found, position) => found.kind === "divided" && canLie(found, each[position]!.slice(0, axes), ranks),
    );
    return layout && { inputs: layouts.map(() => layout), output: layout };
  };
}

/** Apart along all axes but one. */
function besideAxis<Kind extends "concat" | "slice" | "sliceGrad">(
  context: RuleContext<Kind>,
): Placed<Kind> | undefined {
  const axis: number = context.operation.attributes.axis;
  return apartAlong<Kind>(axis)(context);
}

/** The mean over the batch of what a rank has counts for as much as that of another. */
function meanOverBatch<Kind extends "softmaxCrossEntropy" | "softmaxCrossEntropyGrad">(
  output: (layout: Layout) => Layout,
): Rule<Kind> {
  return (context) => {
    const { layouts, ranks } = context;
    const [logits] = layouts;
    if (axisOfInput(context, 0) !== 0) return undefined;
    return { inputs: [logits!, logits!], output: output(logits!), factor: 1 / ranks };
  };
}

const groupsOf = (groups: number, ranks: number): number | undefined =>
  groups % ranks === 0 ? groups / ranks : undefined;

/** How every operation can be divided. Inputs are named by position. */
const rules: { readonly [Kind in OperationKind]: Rule<Kind> } = {
  conv2d(context) {
    const { operation, shapes, layouts, ranks } = context;
    const { attributes } = operation;
    const [input] = shapes;
    const channels = dividedAlong(input, 1);
    if (axisOfInput(context, 1) === 0) {
      const filters = layouts[1]!;
      const output = dividedAlong(operation.shape, 1);
      const groups = groupsOf(attributes.groups, ranks);
      if (groups !== undefined) return { inputs: [channels, filters], output, attributes: { ...attributes, groups } };
      return attributes.groups === 1 ? { inputs: [whole, filters], output } : undefined;
    }
    return axisOfInput(context, 0) === 0 ? { inputs: [layouts[0]!, whole], output: layouts[0]! } : undefined;
  },
  conv2dGradInput(context) {
    const { operation, shapes, layouts, ranks } = context;
    const { attributes } = operation;
    if (axisOfInput(context, 1) === 0) {
      const inputs = [dividedAlong(shapes[0], 1), layouts[1]!];
      const groups = groupsOf(attributes.groups, ranks);
      if (groups !== undefined) {
        return { inputs, output: dividedAlong(operation.shape, 1), attributes: { ...attributes, groups } };
      }
      return attributes.groups === 1 ? { inputs, output: partial } : undefined;
    }
    return axisOfInput(context, 0) === 0 ? { inputs: [layouts[0]!, whole], output: layouts[0]! } : undefined;
  },
  conv2dGradFilter(context) {
    const { operation, shapes, layouts, ranks } = context;
    const { attributes } = operation;
    const axis = axisOfInput(context, 1);
    if (axis === 0) return { inputs: [layouts[1]!, layouts[1]!], output: partial };
    if (axis !== 1) return undefined;
    const output = dividedAlong(operation.shape, 0);
    const groups = groupsOf(attributes.groups, ranks);
    if (groups !== undefined) {
      return { inputs: [dividedAlong(shapes[0], 1), layouts[1]!], output, attributes: { ...attributes, groups } };
    }
    return attributes.groups === 1 ? { inputs: [whole, layouts[1]!], output } : undefined;
  },
  matmul(context) {
    const { operation, layouts, shapes, ranks } = context;
    const { transposeA, transposeB } = operation.attributes;
    const [rows, columns] = [transposeA ? 1 : 0, transposeB ? 0 : 1];
    const [a, b] = [axisOfInput(context, 0), axisOfInput(context, 1)];
    const [wholeA, wholeB] = [context.isWhole(0), context.isWhole(1)];
    const [byRows, byColumns] = [dividedAlong(operation.shape, 0), dividedAlong(operation.shape, 1)];
    // What is summed over is divided in both, or in one and there in the other: each rank has a part of the sum.
    if (a === 1 - rows && b === 1 - columns) return { inputs: layouts, output: partial };
    // The gradient of a weight, which was multiplied with all of its input: by units, as the weight is.
    const units = dividedAlong(shapes[0], rows);
    const isOfUnits = a === rows || (wholeA && b === columns && canLie(units, shapes[0], ranks));
    if (isOfUnits && wholeB) return { inputs: [units, whole], output: byRows };
    // A weight stays where it is.
    if (b === columns) return { inputs: [whole, layouts[1]!], output: byColumns };
    if (a === rows) return { inputs: [layouts[0]!, whole], output: byRows };
    if (b === 1 - columns && wholeA)
      return { inputs: [dividedAlong(shapes[0], 1 - rows), layouts[1]!], output: partial };
    if (a === 1 - rows && wholeB)
      return { inputs: [layouts[0]!, dividedAlong(shapes[1], 1 - columns)], output: partial };
    return undefined;
  },
  addBias(context) {
    const { shapes, layouts, ranks } = context;
    const axis = axisOfInput(context, 0);
    if (axis === 0) return { inputs: [layouts[0]!, whole], output: layouts[0]! };
    if (axis !== 1 && axisOfInput(context, 1) !== 0) return undefined;
    const [channels, bias] = [dividedAlong(shapes[0], 1), dividedAlong(shapes[1], 0)];
    return canLie(bias, shapes[1], ranks) ? { inputs: [channels, bias], output: channels } : undefined;
  },
  biasGrad(context) {
    const { operation, layouts } = context;
    const axis = axisOfInput(context, 0);
    if (axis === 0) return { inputs: layouts, output: partial };
    return axis === 1 ? { inputs: layouts, output: dividedAlong(operation.shape, 0) } : undefined;
  },
  reshape({ operation, layouts, ranks }) {
    const [layout] = layouts;
    if (!layout || !canLie(layout, operation.shape, ranks)) return undefined;
    return { inputs: [layout], output: layout, attributes: { shape: localShape(operation.shape, layout, ranks) } };
  },
  maxPool: apartAlong(2),
  maxPoolGrad: apartAlong(2),
  avgPool: apartAlong(2),
  avgPoolGrad: apartAlong(2),
  lrn: apartAlong(1),
  lrnGrad: apartAlong(1),
  softmax: apartAlong(1),
  softmaxCrossEntropy: meanOverBatch(() => partial),
  softmaxCrossEntropyGrad: meanOverBatch((layout) => layout),
  relu: alike(),
  reluGrad: alike(),
  sigmoid: alike(),
  sigmoidGrad: alike(),
  tanh: alike(),
  tanhGrad: alike(),
  multiply: alike(),
  add: linear,
  scale: linear,
  concat: besideAxis,
  slice: besideAxis,
  sliceGrad: besideAxis,
  sgdUpdate: update(3),
  adamUpdate: update(3),
};
