import type { BackendDifference } from "@alexnet/runs";

/** What makes a resumed training round differently, in a sentence; `undefined` when it goes on bit for bit. */
export function describeDifferences(differences: readonly BackendDifference[]): string | undefined {
  if (differences.length === 0) return undefined;
  const facts = differences.map(({ fact, was = "none", is = "none" }) => `${fact} ${is} (was ${was})`).join(", ");
  return `Not bit for bit as if never interrupted: ${facts}. The last digits of the numbers may differ.`;
}
