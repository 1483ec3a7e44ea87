/**
 * Source code of AlexNet models: C99 without dependencies, PyTorch, TypeScript.
 *
 * @module @alexnet/codegen
 */
export { type GenerateCOptions, generateC } from "./c/generate.js";
export type { GeneratedFile } from "./generated-file.js";
export { generatePytorch, pythonNames } from "./pytorch.js";
export { generateTypescript } from "./typescript.js";
