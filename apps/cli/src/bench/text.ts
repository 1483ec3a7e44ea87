import { type BenchResult, isScore, type MatrixPeak } from "@alexnet/bench";
import { plural, rate } from "../text/format.js";
import { facts, table } from "../text/table.js";

/** What the numbers hold for. */
export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly platform: string;
  readonly node: string;
  readonly alexnet: string;
}

export function machineText({ date, processor, cores, platform, node, alexnet }: Machine): string {
  return `${date}, alexnet ${alexnet}, Node ${node}, ${platform}, ${processor}, ${plural(cores, "core")}`;
}

/** Engines, versions and threads of all who took part. */
export function factsText(results: readonly BenchResult[], columns: number): string {
  const entries = new Map<string, string>();
  for (const { contender, facts: known } of results.filter(isScore)) {
    const { engine, version, ...rest } = known;
    const others = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
    entries.set(contender, [`${engine} ${version ?? ""}`.trim(), ...others].join(", "));
  }
  return facts([...entries], columns);
}

export function peakText({ contender, size, gflops }: MatrixPeak): string {
  return `This machine multiplies ${size}×${size} matrices at ${gflops.toFixed(0)} GFLOP/s (${contender}).`;
}

/** One row a contender: the middle of its turns, the range of their middle half, and how it compares. */
export function resultsTable(
  results: readonly BenchResult[],
  { baseline, peak }: { readonly baseline: string; readonly peak: MatrixPeak | undefined },
): string {
  const scores = results.filter(isScore);
  const base = scores.find(({ contender }) => contender === baseline)?.secondsPerStep.median;
  const rows = scores.map(({ contender, secondsPerStep, imagesPerSecond, gflops, peakMemory }) => {
    const { median, lowerQuartile, upperQuartile } = secondsPerStep;
    return [
      contender,
      milliseconds(median),
      `${milliseconds(lowerQuartile)}–${milliseconds(upperQuartile)}`,
      rate(imagesPerSecond),
      base === undefined ? "–" : (base / median).toFixed(2),
      gflops.toFixed(0),
      peak ? `${((100 * gflops) / peak.gflops).toFixed(0)} %` : "–",
      (peakMemory / 1e9).toFixed(2),
    ];
  });
  const absent = results.flatMap((result) => (isScore(result) ? [] : [`${result.contender}: ${result.reason}`]));
  const columns = [
    { title: "" },
    ...["ms/step", "quartiles", "images/s", `× ${baseline}`, "GFLOP/s", "of peak", "GB"].map((title) => ({
      title,
      align: "right" as const,
    })),
  ];
  return [...(rows.length > 0 ? [table(columns, rows)] : []), ...absent].join("\n");
}

function milliseconds(seconds: number): string {
  const value = seconds * 1000;
  return value < 100 ? value.toPrecision(3) : value.toFixed(0);
}
