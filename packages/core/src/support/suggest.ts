/** Number of letters to insert, delete, replace or swap with their neighbor to turn one word into the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, beforeLast[column - 2]! + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}

/** Longer words are nobody's typing mistake, and comparing them takes time. */
const LONGEST = 100;

/** The known word someone most likely meant, or `undefined` when none is near. */
function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > LONGEST) return undefined;
  const wanted = word.toLowerCase();
  const ranked = known
    .map((candidate) => {
      const name = candidate.toLowerCase();
      const within = (part: string, whole: string): boolean =>
        part.length >= 3 && (whole.startsWith(part) || whole.endsWith(part));
      const close = within(wanted, name) || within(name, wanted);
      return { candidate, distance: Math.min(editDistance(wanted, name), close ? 1 : Number.POSITIVE_INFINITY) };
    })
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(1, Math.floor(best.candidate.length * 0.4)) ? best.candidate : undefined;
}

/** ` Did you mean "stride"?`, to go behind an error about a name; empty when no known one is near. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? "" : ` Did you mean "${near}"?`;
}
