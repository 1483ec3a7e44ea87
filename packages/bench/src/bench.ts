import type { Contender } from "./contender.js";
import { type Absence, type Measurement, type MeasureOptions, measure, type Timing } from "./measure.js";
import { type Spread, spreadOf } from "./statistics.js";
import { floatingPointOperations, type Task, type Workload } from "./workload.js";

/** What to compare. */
export interface BenchOptions extends MeasureOptions {
  readonly workloads: readonly Workload[];
  readonly contenders: readonly Contender[];
  /** Height and width of the matrices whose product shows what the machine can do; 2,048 unless told otherwise. */
  readonly matrixSize?: number;
  /** Called when a task begins. */
  onTask?(task: Task): void;
}

/** The fastest product of two matrices that any contender made of them. */
export interface MatrixPeak {
  readonly contender: string;
  readonly size: number;
  /** Floating-point operations a second, in billions. */
  readonly gflops: number;
}

/** How one contender did a workload. */
export interface Score extends Pick<Timing, "contender" | "facts" | "peakMemory"> {
  readonly workload: Workload;
  readonly secondsPerStep: Spread;
  readonly imagesPerSecond: number;
  /** By the textbook's arithmetic, in billions a second; an engine that gets away with less can pass the peak. */
  readonly gflops: number;
}

/** How a contender did at a workload, or why it did not take part. */
export type BenchResult = Score | (Absence & { readonly workload: Workload });

/** Whether the contender took part. */
export function isScore(result: BenchResult): result is Score {
  return !("reason" in result);
}

/** Times every workload on every contender. Yields the machine's peak first, then the results of each workload. */
export async function* bench(options: BenchOptions): AsyncGenerator<MatrixPeak | readonly BenchResult[], void> {
  const { workloads, contenders, onTask } = options;
  const peak = await matrixPeak(options);
  if (peak) yield peak;
  for (const workload of workloads) {
    const task: Task = { kind: "workload", workload };
    onTask?.(task);
    const measured = await measure(task, contenders, options);
    yield measured.map((measurement) => resultOf(measurement, workload));
  }
}

function resultOf(measurement: Measurement, workload: Workload): BenchResult {
  if ("reason" in measurement) return { ...measurement, workload };
  const { contender, facts, peakMemory } = measurement;
  const secondsPerStep = spreadOf(measurement.secondsPerStep);
  return {
    contender,
    facts,
    peakMemory,
    workload,
    secondsPerStep,
    imagesPerSecond: workload.batch / secondsPerStep.median,
    gflops: floatingPointOperations(workload) / secondsPerStep.median / 1e9,
  };
}

/** A trial with small matrices finds who comes into question: an engine in plain JavaScript would take minutes. */
async function matrixPeak(options: BenchOptions): Promise<MatrixPeak | undefined> {
  const { contenders, matrixSize: size = 2048, onTask } = options;
  const product: Task = { kind: "matrixProduct", size };
  onTask?.(product);
  const small = Math.ceil(size / 4);
  const trial = await measure({ kind: "matrixProduct", size: small }, contenders, {
    ...options,
    rounds: 1,
    secondsPerTurn: 0.1,
  });
  const tried = matrixRates(trial, small);
  const promising = tried
    .filter(({ gflops }) => gflops > (tried[0]?.gflops ?? 0) / 2)
    .map(({ contender }) => contender);
  const measured = await measure(
    product,
    contenders.filter(({ name }) => promising.includes(name)),
    options,
  );
  return matrixRates(measured, size)[0];
}

/** The fastest first. */
function matrixRates(measurements: readonly Measurement[], size: number): readonly MatrixPeak[] {
  return measurements
    .flatMap((measurement): readonly MatrixPeak[] => {
      if ("reason" in measurement) return [];
      const { contender, secondsPerStep } = measurement;
      return [{ contender, size, gflops: (2 * size ** 3) / spreadOf(secondsPerStep).median / 1e9 }];
    })
    .sort((a, b) => b.gflops - a.gflops);
}
