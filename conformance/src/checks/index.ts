import type { Check } from "../suite/check.js";
import { contractChecks } from "./contract.js";
import { denseChecks } from "./dense.js";
import { lifecycleChecks } from "./lifecycle.js";
import { modelChecks } from "./models.js";
import { nameChecks } from "./names.js";
import { notANumberChecks } from "./not-a-number.js";
import { operationChecks } from "./operations.js";
import { shapeChecks } from "./shapes.js";
import { trainingChecks } from "./training.js";

/** The whole suite, in the order of its levels. */
export const checks: readonly Check[] = [
  ...lifecycleChecks,
  ...contractChecks,
  ...nameChecks,
  ...operationChecks,
  ...denseChecks,
  ...notANumberChecks,
  ...shapeChecks,
  ...modelChecks,
  ...trainingChecks,
];
