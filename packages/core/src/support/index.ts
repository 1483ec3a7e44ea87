/**
 * What the packages of this project share. Not for others: it changes without notice.
 *
 * @module @alexnet/core/support
 */
export { checkTensor } from "../tensor.js";
export { defined } from "./defined.js";
export { defaultShorterSide, middleOf, type Whole, wholeOf } from "./middle.js";
export { checkKind, checkOptions, describeValue, fieldsOf, keysOf } from "./options.js";
export { suggestion } from "./suggest.js";
export { codeOf, messageOf } from "./thrown.js";
