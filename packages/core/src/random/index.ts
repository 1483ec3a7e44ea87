/**
 * Draws that a seed, a purpose and a step decide, the same on every machine.
 *
 * @module @alexnet/core/random
 */
export { dropoutMask, normal, permutation, type RandomKey, uniform } from "./random.js";
