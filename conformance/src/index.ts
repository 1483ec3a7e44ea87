export { checks } from "./checks/index.js";
export { compareWithGolden, type Deviation } from "./golden/compare.js";
export { goldenModels } from "./golden/models.js";
export {
  type Check,
  type CheckContext,
  ConformanceError,
  type Level,
  levels,
  type Measurement,
  NotApplicable,
} from "./suite/check.js";
export {
  type CheckResult,
  type CheckStatus,
  type ConformanceOptions,
  type Expectation,
  isAcceptable,
  runConformance,
  worstRatio,
} from "./suite/run.js";
