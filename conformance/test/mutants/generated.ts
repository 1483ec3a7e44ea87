import { referenceKernels } from "@alexnet/backend-reference";
import type { Shape } from "@alexnet/core";
import type { Operation, OperationKind } from "@alexnet/core/program";
import { caseProgram, isGradient } from "../../src/checks/operations.js";
import { operationCases } from "../../src/operations/cases/index.js";
import { type Mutant, referenceWith, toHalf } from "./mutant.js";

/** A mutant that a rule made. */
export interface GeneratedMutant extends Mutant {
  readonly kind: OperationKind;
  /** What the rule got wrong, the same for all of a kind: a row of the table. */
  readonly family: string;
}

/** What a kernel is given, and what it must not change. */
interface Call {
  readonly inputs: readonly Float64Array[];
  readonly operation: Operation;
  readonly shapes: readonly Shape[];
}

type Fault = (call: Call, compute: (call: Call) => Float64Array) => Float64Array;

function mutant(kind: OperationKind, family: string, mistake: string, fault: Fault): GeneratedMutant {
  const compute = ({ inputs, operation, shapes }: Call): Float64Array =>
    (referenceKernels[kind] as (...given: readonly unknown[]) => Float64Array)(inputs, operation, shapes);
  const kernel = (inputs: readonly Float64Array[], operation: Operation, shapes: readonly Shape[]) =>
    fault({ inputs, operation, shapes }, compute);
  return {
    kind,
    family,
    name: `${kind}: ${mistake}`,
    level: isGradient(kind) ? 3 : 2,
    create: () => referenceWith({ kernels: { [kind]: kernel } }),
  };
}

const kinds = Object.keys(referenceKernels) as OperationKind[];

/** An operation of each kind, to see what it can be told and how many values it reads. */
const examples = new Map<OperationKind, Operation>(
  operationCases.flatMap((each) =>
    caseProgram(each, () => true).operations.map((operation) => [operation.kind, operation]),
  ),
);

const exampleOf = (kind: OperationKind): Operation => examples.get(kind) as Operation;

/** Says what the shape of the result says already, so that nobody need read it. */
const REDUNDANT = new Set(["inputSize", "filterSize", "extent", "end", "shape"]);

const around = (values: readonly number[], index: number, by: number): readonly number[] =>
  values.map((value, position) => (position === index ? value + by : value));

/** How an attribute can be got wrong, by its form. */
function mistakesOf(name: string, value: unknown): readonly (readonly [string, (value: unknown) => unknown])[] {
  if (typeof value === "boolean") return [["turned", (given) => !given]];
  if (typeof value === "number") {
    const number = (change: (given: number) => number) => (given: unknown) => change(given as number);
    return [
      ["taken for 0", () => 0],
      ["taken for 1", () => 1],
      ["one more", number((given) => given + 1)],
      ["one less", number((given) => given - 1)],
      ["its sign turned", number((given) => -given)],
    ];
  }
  const list = (change: (given: readonly number[]) => readonly number[]) => (given: unknown) =>
    change(given as readonly number[]);
  const extents = (value as readonly number[]).length;
  const offByOne = Array.from({ length: extents }, (_, index) => index).flatMap((index) => [
    [`${name}[${index}] one more`, list((given) => around(given, index, 1))] as const,
    [`${name}[${index}] one less`, list((given) => around(given, index, -1))] as const,
  ]);
  if (extents === 2) {
    return [
      ["ignored", () => [1, 1]],
      ["its axes exchanged", list(([height, width]) => [width, height] as number[])],
      ["the first for both", list(([height]) => [height, height] as number[])],
      ["the second for both", list(([, width]) => [width, width] as number[])],
      ...offByOne,
    ];
  }
  return [
    ["ignored", () => [0, 0, 0, 0]],
    ["its ends exchanged", list(([top, left, bottom, right]) => [bottom, right, top, left] as number[])],
    ["its axes exchanged", list(([top, left, bottom, right]) => [left, top, right, bottom] as number[])],
    ["the first for all", list(([top]) => [top, top, top, top] as number[])],
    // What is at the other ends the shape of the result says already.
    ...offByOne.slice(0, 4),
  ];
}

const withAttribute = (operation: Operation, name: string, value: unknown): Operation =>
  ({ ...operation, attributes: { ...operation.attributes, [name]: value } }) as Operation;

/** Every attribute of every operation: ignored, exchanged, off by one. */
const attributeMutants = kinds.flatMap((kind) =>
  Object.entries(exampleOf(kind).attributes)
    .filter(([name]) => !REDUNDANT.has(name))
    .flatMap(([name, example]) =>
      mistakesOf(name, example).map(([mistake, change]) =>
        mutant(kind, `\`${name}\` ignored, exchanged, off by one`, `${name} ${mistake}`, (call, compute) => {
          const given = (call.operation.attributes as Readonly<Record<string, unknown>>)[name];
          return compute({ ...call, operation: withAttribute(call.operation, name, change(given)) });
        }),
      ),
    ),
);

/** Something that an operation may be, under which a kernel could go another way. */
interface Trait {
  readonly name: string;
  /** What it is a trait of; two of one thing are no pair. */
  readonly of: string;
  holds(call: Call): boolean;
}

const MAY_BE_ZERO = new Set(["momentum", "weightDecay", "rate", "factor", "axis", "start"]);

/** Traits of an attribute, by its form. */
function attributeTraits(name: string, example: unknown): readonly Trait[] {
  const trait = (what: string, of: string, test: (value: never) => boolean): Trait => ({
    name: `${name} ${what}`,
    of,
    holds: ({ operation }) => test((operation.attributes as Readonly<Record<string, never>>)[name] as never),
  });
  if (typeof example === "boolean") return [trait("set", name, (value: boolean) => value)];
  if (typeof example === "number") {
    const neutral = MAY_BE_ZERO.has(name) ? 0 : 1;
    return [
      trait(`${neutral}`, name, (value: number) => value === neutral),
      trait(`not ${neutral}`, name, (value: number) => value !== neutral),
    ];
  }
  if ((example as readonly number[]).length === 2) {
    return [
      trait("not 1", name, (value: readonly number[]) => value.some((extent) => extent > 1)),
      trait("differs by axis", `${name} axes`, ([height, width]: readonly number[]) => height !== width),
    ];
  }
  return [
    trait("there", name, (value: readonly number[]) => value.some((extent) => extent > 0)),
    trait(
      "uneven",
      `${name} ends`,
      ([top, left, bottom, right]: readonly number[]) => top !== bottom || left !== right,
    ),
  ];
}

const extentTrait = (input: number, axis: number, what: string, test: (extent: number) => boolean): Trait => ({
  name: `axis ${axis} of input ${input} ${what}`,
  of: `extent ${input} ${axis}`,
  holds: ({ shapes }) => test(shapes[input]?.[axis] as number),
});

const single = (extent: number): boolean => extent === 1;

/** Traits of shapes that engines have a faster way for. */
function shapeTraits(kind: OperationKind): readonly Trait[] {
  if (/^conv2d/.test(kind)) {
    return [
      extentTrait(0, 0, "1", single),
      extentTrait(0, 0, "past 64", (extent) => extent > 64),
      extentTrait(0, 2, "1", single),
      extentTrait(0, 3, "1", single),
      {
        name: "an even filter",
        of: "filter parity",
        holds: ({ operation, shapes }) => {
          const filter = kind === "conv2dGradFilter" ? operation.shape : (shapes[1] as Shape);
          return (filter[2] as number) % 2 === 0 || (filter[3] as number) % 2 === 0;
        },
      },
    ];
  }
  if (/Pool/.test(kind) || /^lrn/.test(kind)) {
    return [
      extentTrait(0, 0, "1", single),
      extentTrait(0, 1, "1", single),
      extentTrait(0, 2, "1", single),
      extentTrait(0, 3, "1", single),
    ];
  }
  if (kind === "matmul" || /^softmax/.test(kind))
    return [extentTrait(0, 0, "1", single), extentTrait(0, 1, "1", single)];
  if (kind === "concat") {
    return [
      { name: "one part", of: "parts", holds: ({ inputs }) => inputs.length === 1 },
      { name: "three parts or more", of: "parts", holds: ({ inputs }) => inputs.length >= 3 },
      { name: "four axes", of: "rank", holds: ({ shapes }) => shapes[0]?.length === 4 },
    ];
  }
  if (kind === "sgdUpdate") {
    return [
      { name: "no learning rate", of: "learning rate", holds: ({ inputs }) => inputs.length === 3 },
      { name: "a weight that updates itself", of: "target", holds: ({ inputs }) => inputs[0] === inputs[1] },
    ];
  }
  return [];
}

/** Off by a thousandth, so that nothing but a comparison of numbers shows it. */
const slightlyOff = (values: Float64Array): Float64Array => values.map((value) => value * 1.001 + 1e-3);

/** Operations that are a little wrong, but only where two traits meet. */
const pairMutants = kinds.flatMap((kind) => {
  const attributes = Object.entries(exampleOf(kind).attributes).filter(([name]) => !REDUNDANT.has(name));
  const traits = [...attributes.flatMap(([name, example]) => attributeTraits(name, example)), ...shapeTraits(kind)];
  return traits.flatMap((first, index) =>
    traits
      .slice(index + 1)
      .filter((second) => first.of !== second.of)
      .map((second) =>
        mutant(kind, "wrong only where two traits meet", `where ${first.name} and ${second.name}`, (call, compute) =>
          first.holds(call) && second.holds(call) ? slightlyOff(compute(call)) : compute(call),
        ),
      ),
  );
});

/** Operations that are a little wrong past a size, or at exactly 1, along an axis of what they read first. */
const sizeMutants = kinds.flatMap((kind) => {
  const axes = /^(conv2d|maxPool|avgPool|lrn)/.test(kind) ? 4 : /^(matmul|softmax|addBias|biasGrad)/.test(kind) ? 2 : 1;
  const sizes: readonly (readonly [string, (extent: number) => boolean])[] = [
    ["of exactly 1", (extent) => extent === 1],
    ["of exactly 16", (extent) => extent === 16],
    ["past 16", (extent) => extent > 16],
    ["past 64", (extent) => extent > 64],
    ["past 128", (extent) => extent > 128],
  ];
  return Array.from({ length: axes }, (_, axis) => axis).flatMap((axis) =>
    sizes.map(([what, test]) =>
      mutant(kind, "wrong only past a size, or at one", `along axis ${axis} ${what}`, (call, compute) =>
        test(call.shapes[0]?.[axis] ?? 0) ? slightlyOff(compute(call)) : compute(call),
      ),
    ),
  );
});

/** Operations that lose something of the numbers they are given. */
const valueMutants = kinds.flatMap((kind) => {
  const changes: readonly (readonly [string, (value: number) => number])[] = [
    ["in float16", toHalf],
    ["numbers below 2^-24 taken for 0", (value) => (Math.abs(value) < 2 ** -24 ? 0 : value)],
    ["negative numbers taken for positive", Math.abs],
    ["no number for 0", (value) => (value === 0 ? Number.NaN : value)],
  ];
  return changes.map(([mistake, change]) =>
    mutant(kind, "loses something of its numbers", mistake, (call, compute) =>
      compute({ ...call, inputs: call.inputs.map((values) => values.map(change)) }),
    ),
  );
});

/** Operations that compute in the place of what they read. */
const placeMutants = kinds.flatMap((kind) =>
  exampleOf(kind).inputs.map((_, position) =>
    mutant(kind, "writes over what it reads", `writes over input ${position}`, (call, compute) => {
      const result = compute(call).slice();
      call.inputs[position]?.fill(0.5);
      return result;
    }),
  ),
);

export const generatedMutants: readonly GeneratedMutant[] = [
  ...attributeMutants,
  ...pairMutants,
  ...sizeMutants,
  ...valueMutants,
  ...placeMutants,
];
