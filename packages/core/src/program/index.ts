/**
 * Programs: straight lines of operations, which backends run.
 *
 * @module @alexnet/core/program
 */
export { type ProgramBuilder, programBuilder } from "./builder.js";
export { denseProducts } from "./dense-products.js";
export { type Differentiated, differentiate } from "./differentiate.js";
export type * from "./operation.js";
export { operationKinds, operations } from "./operations/index.js";
export { optimize } from "./optimize.js";
export { printProgram } from "./print.js";
export { inputShapesOf, mapInputs, type Program, renameInputs, valueShapes } from "./program.js";
export { validateProgram } from "./validate.js";
