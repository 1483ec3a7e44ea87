import { sizeOf } from "../tensor.js";
import type { Exchange, Partition } from "./partition.js";

/** What the ranks do to exchange a value. */
export type ExchangeKind = "allreduce" | "allgather" | "reduceScatter";

/** What a value costs to exchange. */
export interface Traffic {
  readonly value: string;
  readonly kind: ExchangeKind;
  /** What each rank sends, and receives. */
  readonly bytes: number;
}

/** Parts of its value that a rank sends, by the algorithms that send least: rings, of `n - 1` turns each with an `n`-th of the value. */
const TURNS: Readonly<Record<ExchangeKind, number>> = { allreduce: 2, allgather: 1, reduceScatter: 1 };

function kindOf({ from, to }: Exchange): ExchangeKind {
  if (from.kind === "divided") return "allgather";
  return to.kind === "divided" ? "reduceScatter" : "allreduce";
}

/**
 * What each rank sends in a run of a divided program, in the order in which it does, by the algorithms that send least; numbers have so many
 * bytes, 4 unless told otherwise. What little is agreed on beside (labels, counts) is not in it.
 */
export function trafficOf({ stages, ranks }: Pick<Partition, "stages" | "ranks">, bytesEach = 4): readonly Traffic[] {
  return stages.flatMap(({ exchanges }) =>
    exchanges.map((exchange) => {
      const kind = kindOf(exchange);
      const values = (TURNS[kind] * (ranks - 1) * sizeOf(exchange.shape)) / ranks;
      return { value: exchange.value, kind, bytes: values * bytesEach };
    }),
  );
}
