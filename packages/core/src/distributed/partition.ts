import { InvalidArgumentError, ProgramError } from "../errors.js";
import { type ProgramBuilder, programBuilder } from "../program/builder.js";
import type { Operation, OperationAttributes, OperationKind, OperationOf } from "../program/operation.js";
import { inputShapesOf, mapInputs, type Program, valueShapes } from "../program/program.js";
import { type Shape, sizeOf } from "../tensor.js";
import { axisOf, canLie, dividedAlong, type Layout, localShape, sameLayout, whole } from "./layout.js";
import type { Placement } from "./placement.js";
import { placed } from "./rules.js";

/** A value that ranks exchange: how it lies with them before and after. */
export interface Exchange {
  /** What each has: an output of the stage before. */
  readonly value: string;
  /** What each has then: an input of stages to come. */
  readonly result: string;
  /** Of the whole value. */
  readonly shape: Shape;
  readonly from: Layout;
  readonly to: Layout;
}

/** What a rank computes before it has to hear of others, and what it then exchanges with them. */
export interface Stage {
  readonly program: Program;
  readonly exchanges: readonly Exchange[];
}

/** Something that a rank is given or gives, and how it lies. */
export interface Placeable {
  readonly layout: Layout;
  /** Of the whole value. */
  readonly shape: Shape;
}

/**
 * A program for one rank of several: stages, one after the other, of which every rank has the same, but for where what it has begins. What one
 * stage leaves to another stays on the device, in variables of its own.
 */
export interface Partition {
  readonly rank: number;
  readonly ranks: number;
  readonly stages: readonly Stage[];
  /** What stages are fed, by name. */
  readonly inputs: ReadonlyMap<string, Placeable>;
  /** The program's variables. */
  readonly variables: ReadonlyMap<string, Placeable>;
  /** Variables that stages leave things to others in: shapes of what a rank has. They may begin with anything. */
  readonly kept: ReadonlyMap<string, Shape>;
  /** What the program gives: the value it has at the end, an output of a stage or a result of an exchange. */
  readonly outputs: ReadonlyMap<string, Placeable & { readonly value: string }>;
}

/** A value as one rank has it. */
interface LocalValue {
  readonly shape: Shape;
  /** The first stage that can read it. */
  readonly stage: number;
  readonly source: "input" | "variable" | "operation" | "exchange";
}

/** An operation as a rank does it. */
interface LocalOperation {
  readonly kind: OperationKind;
  readonly inputs: readonly string[];
  readonly attributes: unknown;
  readonly output: string;
  stage: number;
}

/**
 * Divides a program among ranks: which do what, and what they have to exchange, forward and backward. Everything follows from what the placement
 * says is divided; where an operation cannot be, each rank does all of it. With one rank it is one stage, the program itself.
 *
 * Throws `InvalidArgumentError` for a placement that divides what is not there, or cannot be cut into equal parts.
 */
export function partition(program: Program, { ranks, divided }: Placement, rank: number): Partition {
  const shapes = valueShapes(program);
  const layouts = new Map<string, Layout>();
  const locals = new Map<string, LocalValue>();
  const operations: LocalOperation[] = [];
  const exchanges = new Map<number, Exchange[]>();
  /** Other layouts of a value, once they were asked for. */
  const copies = new Map<string, string>();

  for (const name of divided) {
    const shape = program.inputs[name] ?? program.variables[name];
    // A placement may be of more than a program has: of an optimizer's slots, in a program without them.
    if (shape && !canLie(dividedAlong(shape, 0), shape, ranks)) {
      throw new InvalidArgumentError(
        `"${name}" cannot be divided among ${ranks} ranks: its first axis has ${shape[0] ?? "no"} elements.`,
      );
    }
  }
  const declare = (name: string, shape: Shape, layout: Layout, source: LocalValue["source"]): void => {
    layouts.set(name, layout);
    locals.set(name, { shape: localShape(shape, layout, ranks), stage: 0, source });
  };
  const placedAt = (name: string, shape: Shape): Layout => (divided.includes(name) ? dividedAlong(shape, 0) : whole);
  for (const [name, shape] of Object.entries(program.variables))
    declare(name, shape, placedAt(name, shape), "variable");
  for (const [name, shape] of Object.entries(program.inputs)) {
    // What nothing is said of is fed as the first that reads it wants it.
    if (divided.includes(name) || shape.length === 0) declare(name, shape, placedAt(name, shape), "input");
  }

  const append = <Kind extends OperationKind>(
    kind: Kind,
    inputs: readonly string[],
    attributes: OperationAttributes[Kind],
    output: string,
    shape: Shape,
  ): string => {
    const stage = Math.max(0, ...inputs.map((input) => locals.get(input)!.stage));
    operations.push({ kind, inputs, attributes, output, stage });
    locals.set(output, { shape, stage, source: "operation" });
    return output;
  };

  /** A rank's part of what it has all of. */
  function ownPart(value: string, shape: Shape, to: Layout & { kind: "divided" }, result: string): string {
    const local = localShape(shape, to, ranks);
    const width = sizeOf(shape) / to.before;
    const range = { axis: 1, start: (rank * width) / ranks, end: ((rank + 1) * width) / ranks };
    if (axisOf(to, shape, ranks) === 0) {
      const extent = local[0]!;
      return append("slice", [value], { axis: 0, start: rank * extent, end: (rank + 1) * extent }, result, local);
    }
    const rows = [to.before, width];
    const flat = append("reshape", [value], { shape: rows }, `${result}.rows`, rows);
    const part = append("slice", [flat], range, `${result}.cut`, [to.before, width / ranks]);
    return append("reshape", [part], { shape: local }, result, local);
  }

  function exchange(value: string, shape: Shape, from: Layout, to: Layout, result: string): string {
    const { stage } = locals.get(value)!;
    exchanges.set(stage, [...(exchanges.get(stage) ?? []), { value, result, shape, from, to }]);
    locals.set(result, { shape: localShape(shape, to, ranks), stage: stage + 1, source: "exchange" });
    return result;
  }

  /** The name of a value in the layout that is wanted. */
  function inLayout(value: string, wanted: Layout): string {
    const shape = shapes.get(value)!;
    if (!layouts.has(value)) declare(value, shape, wanted.kind === "partial" ? whole : wanted, "input");
    const from = layouts.get(value)!;
    if (sameLayout(from, wanted)) return value;
    const result = copyOf(value, wanted);
    const known = copies.get(result);
    if (known !== undefined) return known;
    if (wanted.kind === "partial") throw new ProgramError(`"${value}" is wanted as a part of a sum, which it is not.`);
    let made: string;
    if (wanted.kind === "divided" && from.kind !== "partial") {
      made = ownPart(inLayout(value, whole), shape, wanted, result);
    } else {
      made = exchange(value, shape, from, wanted, result);
    }
    copies.set(result, made);
    return made;
  }

  function divide<Kind extends OperationKind>(operation: OperationOf<Kind>): void {
    const inputShapes = inputShapesOf(operation, shapes);
    const each: readonly string[] = operation.inputs;
    const { inputs, output, attributes, factor } = placed<Kind>({
      operation,
      shapes: inputShapes,
      layouts: each.map((input) => layouts.get(input) ?? whole),
      isWhole: (position) =>
        (layouts.get(each[position]!) ?? whole).kind === "whole" || copies.has(copyOf(each[position]!, whole)),
      ranks,
    });
    const named = each.map((input, position) => inLayout(input, inputs[position]!));
    const shape = localShape(operation.shape, output, ranks);
    const told = attributes ?? operation.attributes;
    layouts.set(operation.output, output);
    if (factor === undefined || factor === 1) {
      append(operation.kind, named, told, operation.output, shape);
    } else {
      const unscaled = append(operation.kind, named, told, `${operation.output}.own`, shape);
      append("scale", [unscaled], { factor }, operation.output, shape);
    }
  }

  for (const operation of program.operations) divide(operation);
  const outputs = new Map(
    Object.entries(program.outputs).map(([name, value]) => {
      const layout = layouts.get(value) ?? whole;
      // What is divided along its first axis, by examples, a rank may want no more of than it has.
      const settled = axisOf(layout, shapes.get(value)!, ranks) === 0 ? layout : whole;
      return [name, { value: inLayout(value, settled), layout: settled, shape: shapes.get(value)! }];
    }),
  );
  const assignments = Object.entries(program.assignments).map(
    ([variable, value]) => [variable, inLayout(value, layouts.get(variable)!)] as const,
  );
  // A variable is read as it was before the run: what overwrites it comes when nobody reads it any more.
  for (const [variable, value] of assignments) {
    const lastRead = Math.max(
      0,
      ...operations.filter(({ inputs }) => inputs.includes(variable)).map(({ stage }) => stage),
    );
    const writer = operations.find(({ output }) => output === value);
    if (!writer) throw new ProgramError(`"${variable}" is assigned "${value}", which no operation of a rank computes.`);
    writer.stage = Math.max(writer.stage, lastRead);
    locals.set(value, { ...locals.get(value)!, stage: writer.stage });
  }

  const count = 1 + Math.max(0, ...operations.map(({ stage }) => stage), ...[...exchanges.keys()]);
  const kept = new Map<string, Shape>();
  const stages = Array.from({ length: count }, (_, stage) =>
    stageProgram(stage, { name: program.name, locals, operations, exchanges, outputs, assignments, kept }),
  );
  // What later stages read of earlier ones is known only now.
  const programs = stages.map(({ builder, has }, stage) => {
    for (const [name, shape] of kept) {
      const value = name.slice(KEPT.length);
      if (has(value)) builder.assign(builder.variable(name, shape), value);
    }
    return { program: builder.build(), exchanges: exchanges.get(stage) ?? [] };
  });
  const placeable = (names: Readonly<Record<string, Shape>>): ReadonlyMap<string, Placeable> =>
    new Map(Object.entries(names).map(([name, shape]) => [name, { shape, layout: layouts.get(name) ?? whole }]));
  return {
    rank,
    ranks,
    stages: programs,
    inputs: placeable(program.inputs),
    variables: placeable(program.variables),
    kept,
    outputs,
  };
}

/** How a value is called in another layout than it is made in. */
function copyOf(value: string, layout: Layout): string {
  return `${value}@${layout.kind === "divided" ? `divided${layout.before}` : layout.kind}`;
}

/** How a variable is called that leaves a value to a later stage. */
const KEPT = "kept:";

interface StageParts {
  readonly name: string;
  readonly locals: ReadonlyMap<string, LocalValue>;
  readonly operations: readonly LocalOperation[];
  readonly exchanges: ReadonlyMap<number, readonly Exchange[]>;
  readonly outputs: Partition["outputs"];
  readonly assignments: readonly (readonly [variable: string, value: string])[];
  /** Noted here when an earlier stage has to leave something. */
  readonly kept: Map<string, Shape>;
}

function stageProgram(
  stage: number,
  { name, locals, operations, exchanges, outputs, assignments, kept }: StageParts,
): { readonly builder: ProgramBuilder; has(value: string): boolean } {
  const builder = programBuilder(stage === 0 ? name : `${name} ${stage + 1}`);
  const own = new Set(operations.filter((operation) => operation.stage === stage).map(({ output }) => output));
  const declared = new Map<string, string>();
  const read = (value: string): string => {
    if (own.has(value)) return value;
    const known = declared.get(value);
    if (known !== undefined) return known;
    const { shape, source } = locals.get(value)!;
    const variable = source === "operation" ? `${KEPT}${value}` : value;
    if (source === "operation") kept.set(variable, shape);
    const isFed = source === "input" || source === "exchange";
    const named = isFed ? builder.input(value, shape) : builder.variable(variable, shape);
    declared.set(value, named);
    return named;
  };
  for (const { kind, inputs, attributes, output } of operations) {
    if (!own.has(output)) continue;
    // A kind in a variable makes no member of the union.
    const operation = { kind, inputs, attributes } as Pick<Operation, "kind" | "inputs" | "attributes">;
    apply(builder, operation, read, output);
  }
  const told = new Set<string>();
  const given = (value: string): void => {
    if (!told.has(value)) builder.output(read(value), value);
    told.add(value);
  };
  for (const { value } of exchanges.get(stage) ?? []) given(value);
  for (const { value } of outputs.values()) if (own.has(value)) given(value);
  for (const [variable, value] of assignments) {
    if (!own.has(value)) continue;
    read(variable);
    builder.assign(variable, value);
  }
  return { builder, has: (value) => own.has(value) };
}

function apply<Kind extends OperationKind>(
  builder: ProgramBuilder,
  { kind, inputs, attributes }: Pick<OperationOf<Kind>, "kind" | "inputs" | "attributes">,
  read: (value: string) => string,
  output: string,
): void {
  builder.apply(kind, mapInputs<Kind, string, string>(inputs, read), attributes, output);
}
