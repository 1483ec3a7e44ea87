import type { OperationCase } from "../operation-case.js";
import { adamCases } from "./adam.js";
import { convolutionCases } from "./convolution.js";
import { denseCases } from "./dense.js";
import { elementwiseCases } from "./elementwise.js";
import { lossCases } from "./loss.js";
import { movementCases } from "./movement.js";
import { normalizationCases } from "./normalization.js";
import { poolingCases } from "./pooling.js";
import { updateCases } from "./update.js";

/**
 * Every operation over its attributes, sizes and values: any two settings meet in some case, every extent takes sizes on
 * both sides of the powers of two, and some shapes are there because engines were once wrong about them.
 */
export const operationCases: readonly OperationCase[] = [
  ...convolutionCases,
  ...poolingCases,
  ...normalizationCases,
  ...elementwiseCases,
  ...denseCases,
  ...movementCases,
  ...lossCases,
  ...updateCases,
  ...adamCases,
];
