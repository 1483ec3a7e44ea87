import type { ProgramBuilder } from "../program/builder.js";
import type { ScalarName, Slot } from "./names.js";

/** Where in a training an update is. */
export interface UpdatePosition {
  /** 0-based. */
  readonly step: number;
  readonly learningRate: number;
}

/** A parameter whose update is to be written. */
export interface UpdateContext {
  /** The program so far. The rule's scalars and the parameter's slots are declared. */
  readonly builder: ProgramBuilder;
  /** The variable that holds the parameter. */
  readonly weight: string;
  /** The gradient of the loss with respect to it. */
  readonly gradient: string;
  /** Multiplies the learning rate of this parameter. */
  readonly rate: number;
  /** Multiplies the weight decay of this parameter. */
  readonly decay: number;
}

/** An optimizer at work: what it keeps, what it is fed, and how it writes the update of a parameter. */
export interface UpdateRule {
  /** What is kept of each parameter, in its shape; all zeros at first. */
  readonly slots: readonly Slot[];
  /** What it is fed at a step; the learning rate among it. */
  scalars(at: UpdatePosition): Readonly<Partial<Record<ScalarName, number>>>;
  /** Appends the operations that compute the parameter and its slots anew, and assigns them. */
  update(context: UpdateContext): void;
}
