/** What optimizers keep of a parameter, by its name in a checkpoint: the end of the name of the variable that holds it. */
export const slotSuffixes = { velocities: "velocity", means: "mean", variances: "variance" } as const;

/** Something that an optimizer keeps of every parameter. */
export type Slot = keyof typeof slotSuffixes;

/** What optimizers are fed at a step, each a number. */
export const scalarNames = ["learningRate", "stepSize", "rootCorrection"] as const;

/** A number that an optimizer is fed at a step. */
export type ScalarName = (typeof scalarNames)[number];

/** The variable that holds a slot of a parameter: `conv1.weight.velocity`. */
export function slotOf(parameter: string, slot: Slot): string {
  return `${parameter}.${slotSuffixes[slot]}`;
}
