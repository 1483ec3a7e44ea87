import {
  type Absence,
  type BenchResult,
  isScore,
  type MatrixPeak,
  type OperationScore,
  type Profile,
} from "@alexnet/bench";
import { percent, plural, rate } from "../../text/format.js";
import { facts, table } from "../../text/table.js";

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

/** Of a step; what takes less goes into one row. */
const SMALL = 0.005;
const NAME_WIDTH = 40;

/** One row an operation that takes a while, the longest first: its time, its share of all, and how quick its arithmetic is. */
export function operationsText(profile: Profile | Absence, peak: MatrixPeak | undefined): string {
  if ("reason" in profile) return `${profile.contender}: ${profile.reason}`;
  const { contender, operations } = profile;
  const all = operations.reduce((sum, { seconds }) => sum + seconds, 0);
  const sorted = [...operations].sort((a, b) => b.seconds - a.seconds);
  const isLarge = ({ values, seconds }: OperationScore): boolean => seconds >= SMALL * all || values.length === 0;
  const large = sorted.filter(isLarge);
  const small = sorted.filter((operation) => !isLarge(operation));
  const rows = large.map((operation) => operationRow(operationName(operation), operation, all, peak));
  const rest = {
    seconds: small.reduce((sum, { seconds }) => sum + seconds, 0),
    floatingPointOperations: small.reduce((sum, operation) => sum + operation.floatingPointOperations, 0),
  };
  if (small.length > 0) rows.push(operationRow(plural(small.length, "other"), rest, all, peak));
  const columns = [
    { title: `operations of ${contender}` },
    ...["ms", "share", "GFLOP/s", "of peak"].map((title) => ({ title, align: "right" as const })),
  ];
  return table(columns, rows);
}

function operationRow(
  name: string,
  { seconds, floatingPointOperations }: Omit<OperationScore, "values">,
  all: number,
  peak: MatrixPeak | undefined,
): readonly string[] {
  const gflops = floatingPointOperations / seconds / 1e9;
  const counts = floatingPointOperations > 0;
  return [
    name,
    milliseconds(seconds),
    percent(seconds / all),
    counts ? gflops.toFixed(0) : "–",
    counts && peak ? `${((100 * gflops) / peak.gflops).toFixed(0)} %` : "–",
  ];
}

function operationName({ values }: OperationScore): string {
  if (values.length === 0) return "(the engine's own work between them)";
  const name = values.join(" + ");
  return name.length > NAME_WIDTH ? `${name.slice(0, NAME_WIDTH - 1)}…` : name;
}

function milliseconds(seconds: number): string {
  const value = seconds * 1000;
  return value < 100 ? value.toPrecision(3) : value.toFixed(0);
}
