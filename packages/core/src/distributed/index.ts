/**
 * Trainings on several ranks: what they exchange, and how a program is divided among them.
 *
 * @module @alexnet/core/distributed
 */
export { alone, type Communicator, type Floats, floatsLike } from "./communicator.js";
export { compileDivided, type DividedExecutable, ownVariables } from "./divided-executable.js";
export { dividedTraining } from "./divided-training.js";
export { inProcessCommunicators } from "./in-process.js";
export type { Layout } from "./layout.js";
export { type Exchange, type Partition, type Placeable, partition, type Stage } from "./partition.js";
export { gatherWhole, partOf } from "./parts.js";
export { type Division, divisions, type Placement, placementOf } from "./placement.js";
export { type ExchangeKind, type Traffic, trafficOf } from "./traffic.js";
