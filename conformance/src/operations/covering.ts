import { uniform } from "@alexnet/core/random";

/** The levels that each factor of an experiment may take. */
export type Factors = Readonly<Record<string, readonly unknown[]>>;

/** One level of each factor. */
export type Row<F extends Factors> = { readonly [Name in keyof F]: F[Name][number] };

/** Rows tried for each one taken: the one that covers most is. */
const CANDIDATES = 40;

/**
 * Rows in which any two levels of any two factors meet at least once, unless `allowed` forbids every row tried that holds
 * both: most faults show in the interaction of at most two parameters (Kuhn, Wallace and Gallo, 2004, "Software fault
 * interactions and implications for software testing"). Found greedily, as by Cohen et al. (1997, "The AETG system"); the
 * same factors give the same rows.
 */
export function coveringArray<F extends Factors>(
  factors: F,
  allowed: (row: Row<F>) => boolean = () => true,
): readonly Row<F>[] {
  const names = Object.keys(factors);
  const extents = names.map((name) => factors[name]!.length);
  const uncovered = allPairs(extents);
  const rowOf = (levels: readonly number[]): Row<F> =>
    // `fromEntries` forgets which keys there are.
    Object.fromEntries(names.map((name, factor) => [name, factors[name]?.[levels[factor]!]])) as Row<F>;

  const rows: Row<F>[] = [];
  for (const [pair, { first, second }] of uncovered) {
    let best: readonly number[] | undefined;
    let most = 0;
    for (let candidate = 0; candidate < CANDIDATES; candidate++) {
      const levels = complete(extents, [first, second], uncovered, `${rows.length}:${pair}:${candidate}`);
      const gain = pairsOf(levels).filter((covered) => uncovered.has(covered)).length;
      if (gain > most && allowed(rowOf(levels))) [best, most] = [levels, gain];
    }
    uncovered.delete(pair);
    if (!best) continue;
    for (const covered of pairsOf(best)) uncovered.delete(covered);
    rows.push(rowOf(best));
  }
  return rows;
}

interface Choice {
  readonly factor: number;
  readonly level: number;
}

function pairKey(a: Choice, b: Choice): string {
  const [first, second] = a.factor < b.factor ? [a, b] : [b, a];
  return `${first.factor}.${first.level} ${second.factor}.${second.level}`;
}

function allPairs(extents: readonly number[]): Map<string, { readonly first: Choice; readonly second: Choice }> {
  const choices = extents.flatMap((extent, factor) =>
    Array.from({ length: extent }, (_, level) => ({ factor, level })),
  );
  return new Map(
    choices.flatMap((first) =>
      choices
        .filter((second) => first.factor < second.factor)
        .map((second) => [pairKey(first, second), { first, second }]),
    ),
  );
}

function pairsOf(levels: readonly number[]): readonly string[] {
  const choices = levels.map((level, factor) => ({ factor, level }));
  return choices.flatMap((first) => choices.slice(first.factor + 1).map((second) => pairKey(first, second)));
}

/** Two choices, and for the other factors, in random order, the level that covers most with those chosen before. */
function complete(
  extents: readonly number[],
  fixed: readonly Choice[],
  uncovered: ReadonlyMap<string, unknown>,
  purpose: string,
): readonly number[] {
  const chosen = [...fixed];
  const draws = uniform({ seed: 0, purpose: `covering:${purpose}` }, 2 * extents.length);
  const rest = extents
    .map((_, factor) => factor)
    .filter((factor) => !fixed.some((choice) => choice.factor === factor))
    .sort((a, b) => draws[a]! - draws[b]!);
  for (const factor of rest) {
    const extent = extents[factor]!;
    const start = Math.floor(draws[extents.length + factor]! * extent);
    const gains = Array.from({ length: extent }, (_, turn) => {
      const level = (start + turn) % extent;
      return { level, gain: chosen.filter((other) => uncovered.has(pairKey({ factor, level }, other))).length };
    });
    const { level } = gains.reduce((best, next) => (next.gain > best.gain ? next : best));
    chosen.push({ factor, level });
  }
  return chosen.sort((a, b) => a.factor - b.factor).map(({ level }) => level);
}
