export { compareWithGolden, type Deviation } from "./golden/compare.js";
export { goldenFeed, goldenParameters } from "./golden/inputs.js";
export { goldenModels } from "./golden/models.js";
export { type Golden, readGolden } from "./golden/read.js";
export { type OperationCase, operationCases } from "./operations/cases.js";
export { runOperations } from "./operations/compare.js";
