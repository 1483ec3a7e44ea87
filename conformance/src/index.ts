/**
 * The conformance suite of AlexNet for TypeScript: give it a backend, get a verdict and a report.
 *
 * @module @alexnet/conformance
 */
export { checks } from "./checks/index.js";
export { compareWithGolden, type Deviation } from "./golden/compare.js";
export { goldenModels } from "./golden/models.js";
export { reportHtml } from "./report/html.js";
export { levelsTableHead, levelsTableRow } from "./report/levels-table.js";
export { reportMarkdown } from "./report/markdown.js";
export {
  accuracy,
  atLevel,
  type BackendReport,
  type ConformanceReport,
  levelNumbers,
  outcome,
  reportJson,
  shareOfBudget,
  type Tally,
  tally,
} from "./report/report.js";
export { writeReport } from "./report/write-report.js";
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
  type CheckBackendsOptions,
  type CheckEvent,
  type CheckedBackend,
  checkBackends,
} from "./suite/check-backends.js";
export {
  type CheckResult,
  type CheckStatus,
  type ConformanceOptions,
  type Expectation,
  isAcceptable,
  runConformance,
  type SkipReason,
  worstRatio,
} from "./suite/run.js";
