import { existsSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { dirname } from "node:path";
import {
  type BenchResult,
  backendContender,
  bench,
  type Contender,
  describeWorkload,
  isScore,
  type MatrixPeak,
  profile,
  setUpTorch,
  type Task,
  torchPython,
  type Work,
  type Workload,
  works,
} from "@alexnet/bench";
import { plainSgd } from "@alexnet/core";
import { checkThreads } from "@alexnet/core/backend";
import { backendsNamed } from "../../choices/backends.js";
import { modelOptions } from "../../choices/model-options.js";
import { type OptimizerFlags, optimizerWithFlags } from "../../choices/optimizer.js";
import { createModel, zooEntry } from "../../choices/zoo.js";
import { benchSvg } from "../../drawing/svg/bench-bars.js";
import type { Context } from "../../program/context.js";
import { exitCodes, UsageError } from "../../program/errors.js";
import { unknownName } from "../../program/suggest.js";
import { version } from "../../program/version.js";
import { writeFile } from "../../program/write-file.js";
import { peer, torchFolder } from "./peers.js";
import { factsText, type Machine, machineText, operationsText, peakText, resultsTable } from "./text.js";

export interface BenchFlags extends OptimizerFlags {
  readonly model?: readonly string[];
  readonly batchSize?: readonly number[];
  readonly work?: readonly string[];
  readonly backend?: readonly string[];
  readonly peer?: readonly string[];
  readonly baseline?: string;
  readonly threads?: number;
  readonly inputSize?: number;
  readonly rounds?: number;
  readonly svg?: string;
  readonly ops?: boolean;
  readonly setupPeers?: boolean;
  readonly json?: boolean;
}

/** Times backends and their peers and tells how they did. */
export async function runBench(context: Context, flags: BenchFlags): Promise<void> {
  const terminal = context.terminal();
  const workloads = workloadsOf(flags);
  const { rounds = 7 } = flags;
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new UsageError(`--rounds is a whole number of at least 1.`);
  const backends = backendsOf(flags);
  const contenders = [...backends, ...peersOf(flags)];
  const baseline = baselineOf(flags, contenders);
  if (flags.svg !== undefined && !existsSync(dirname(flags.svg))) {
    throw new UsageError(`--svg: there is no folder ${dirname(flags.svg)}.`);
  }
  if (flags.setupPeers && torchPython(torchFolder()) === undefined) await setUpTorch(torchFolder(), terminal.note);

  const interrupt = terminal.interruptible("Stopping.");
  const all: (readonly BenchResult[])[] = [];
  let peak: MatrixPeak | undefined;
  let task = "";
  const machine = machineOf();
  terminal.print(flags.json ? JSON.stringify({ type: "machine", ...machine }) : machineText(machine));
  const tellOperations = async (workload: Workload, backend: Contender): Promise<void> => {
    if (terminal.interactive) terminal.status(`${task}: ${backend.name}, operations`);
    const told = await profile(workload, backend, interrupt.signal);
    const text = flags.json
      ? JSON.stringify({ type: "operations", ...named(told) })
      : `${operationsText(told, peak)}\n`;
    terminal.print(text);
  };
  try {
    const events = bench({
      workloads,
      contenders,
      rounds,
      signal: interrupt.signal,
      onTask: (next) => {
        task = describeTask(next);
      },
      onTurn: ({ contender, round }) => {
        if (!terminal.interactive) return;
        const what = round === 0 ? "warming up" : `round ${round} of ${rounds}`;
        terminal.status(`${task}: ${contender}, ${what}`.slice(0, terminal.columns() - 1));
      },
    });
    for await (const event of events) {
      if ("gflops" in event) {
        peak = event;
        terminal.print(flags.json ? JSON.stringify({ type: "peak", ...event }) : `${peakText(event)}\n`);
        continue;
      }
      all.push(event);
      if (flags.json) {
        for (const result of event) terminal.print(JSON.stringify({ type: "result", ...named(result) }));
      } else {
        terminal.print(`${terminal.colors.bold(task)}\n\n${resultsTable(event, { baseline, peak })}\n`);
      }
      const [first] = event;
      if (flags.ops && first) for (const backend of backends) await tellOperations(first.workload, backend);
    }
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
  } finally {
    terminal.status("");
    interrupt.dispose();
  }
  const scored = all.flat().some(isScore);
  if (!flags.json && scored) terminal.print(factsText(all.flat(), terminal.columns()));
  if (flags.svg !== undefined && scored) {
    await writeFile(flags.svg, benchSvg(all, baseline));
    terminal.note(`The picture is ${flags.svg}.`);
  }
  const interrupted = interrupt.exitCode();
  if (interrupted !== undefined) context.exitWith(interrupted);
  else if (!scored) context.exitWith(exitCodes.failed);
}

function machineOf(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model.trim() || "unknown processor",
    cores: availableParallelism(),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    alexnet: version,
  };
}

function workloadsOf(flags: BenchFlags): readonly Workload[] {
  const { model: models = ["alexnet-d2l"], batchSize: batches = [32], work: wanted = works } = flags;
  const kinds = wanted.map((name): Work => {
    const work = works.find((candidate) => candidate === name);
    if (!work) throw unknownName("work", name, works);
    return work;
  });
  const optimizer = optimizerWithFlags(plainSgd, flags);
  return models.flatMap((name) => {
    const model = createModel(zooEntry(name), modelOptions(flags));
    return kinds.flatMap((work) => batches.map((batch): Workload => ({ model, batch, work, optimizer })));
  });
}

function backendsOf({ backend: backends = ["onnx:cpu"], threads }: BenchFlags): readonly Contender[] {
  if (threads !== undefined) checkThreads(threads);
  const module = new URL("./make-backend.js", import.meta.url).href;
  return backends.map((asked) => {
    const { name } = backendsNamed(asked)[0];
    return backendContender(name, { module, function: "makeBackend", args: [name, { threads }] });
  });
}

function peersOf({ peer: peers = [], threads = availableParallelism() }: BenchFlags): readonly Contender[] {
  return peers.map((name) => peer(name, threads));
}

/** Whom the others are compared with: the one named, the first peer, or the first backend. */
function baselineOf({ baseline, peer: [firstPeer] = [] }: BenchFlags, contenders: readonly Contender[]): string {
  const names = contenders.map(({ name }) => name);
  if (baseline !== undefined && !names.includes(baseline)) throw unknownName("baseline", baseline, names);
  return baseline ?? firstPeer ?? names[0]!;
}

function describeTask(task: Task): string {
  return task.kind === "workload"
    ? describeWorkload(task.workload)
    : `product of two ${task.size}×${task.size} matrices`;
}

/** A result with the model's name in place of its layers. */
function named({ workload, ...result }: { readonly workload: Workload }): object {
  return { ...workload, model: workload.model.name, ...result };
}
