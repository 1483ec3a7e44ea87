import { join } from "node:path";
import {
  accuracy,
  type BackendReport,
  type CheckResult,
  type ConformanceReport,
  checks,
  isAcceptable,
  type Level,
  levelNumbers,
  reportHtml,
  reportJson,
  reportMarkdown,
  runConformance,
} from "@alexnet/conformance";
import { type BackendInfo, hasCode } from "@alexnet/core";
import { describeFailure, makeFolder } from "@alexnet/files";
import { type BackendEntry, backendEntries, backendsNamed, create } from "../../choices/backends.js";
import type { Context } from "../../program/context.js";
import { exitCodes } from "../../program/errors.js";
import { interruptible } from "../../program/interrupt.js";
import type { Terminal } from "../../program/terminal.js";
import { version } from "../../program/version.js";
import { OutputError, writeFile } from "../../program/write-file.js";
import { plural } from "../../text/format.js";
import { parseLevels } from "./levels.js";
import { backendTable, resultText, skippedText } from "./text.js";

export interface ConformanceFlags {
  readonly backend?: readonly string[];
  readonly level?: string;
  readonly mostWork?: number;
  readonly report?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Runs the suite on the backends asked for, or on all that are here, and tells how they did. */
export async function checkConformance(context: Context, flags: ConformanceFlags): Promise<void> {
  const terminal = context.terminal();
  const wanted = flags.level === undefined ? levelNumbers : parseLevels(flags.level);
  // One that was named must be there; of all there could be, some are not on every machine.
  const named = flags.backend !== undefined;
  const entries = named ? (flags.backend ?? []).map((name) => backendsNamed(name)[0] as BackendEntry) : backendEntries;
  const backends: BackendReport[] = [];
  const unavailable: { name: string; reason: string }[] = [];
  const interrupt = interruptible(() => terminal.note("Stopping after this check."));
  terminal.onBrokenPipe(interrupt.abort);
  try {
    for (const entry of entries) {
      try {
        backends.push(await checkBackend(entry, { terminal, wanted, flags, signal: interrupt.signal }));
      } catch (error) {
        if (interrupt.signal.aborted) break;
        if (named || !hasCode(error, "BACKEND_UNAVAILABLE")) throw error;
        unavailable.push({ name: entry.name, reason: error.message });
        if (!flags.json) terminal.note(`${terminal.noteColors.bold(entry.name)}: not available. ${error.message}\n`);
      }
    }
  } finally {
    terminal.status("");
    interrupt.dispose();
  }
  const interrupted = interrupt.exitCode();
  if (interrupted !== undefined) return context.exitWith(interrupted);

  const report: ConformanceReport = {
    formatVersion: 1,
    createdAt: new Date().toISOString(),
    versions: { alexnet: version, node: process.version },
    platform: `${process.platform}-${process.arch}`,
    backends,
    unavailable,
  };
  if (flags.report !== undefined) await writeReport(report, flags.report, terminal);
  const failed = backends.flatMap(({ results }) => results).filter((result) => !isAcceptable(result)).length;
  if (!flags.json) {
    terminal.print(
      failed === 0
        ? terminal.colors.green(`${backends.map(({ info }) => info.name).join(", ")}: everything checked conforms.`)
        : terminal.colors.red(`${plural(failed, "check")} failed.`),
    );
  }
  if (failed > 0) context.exitWith(exitCodes.failed);
}

async function checkBackend(
  entry: BackendEntry,
  {
    terminal,
    wanted,
    flags,
    signal,
  }: {
    readonly terminal: Terminal;
    readonly wanted: readonly Level[];
    readonly flags: ConformanceFlags;
    readonly signal: AbortSignal;
  },
): Promise<BackendReport> {
  const chosen = checks.filter(({ level }) => wanted.includes(level));
  const results: CheckResult[] = [];
  let info: BackendInfo | undefined;
  const options = {
    create: async () => {
      const backend = await create(entry, {});
      info ??= backend.info;
      return backend;
    },
    checks: chosen,
    signal,
    expectations: (await entry.knownFailures?.()) ?? [],
    ...(flags.mostWork !== undefined && { mostWork: flags.mostWork }),
  };
  showProgress(terminal, entry.name, chosen[0]?.id ?? "", 0, chosen.length);
  for await (const result of runConformance(options)) {
    results.push(result);
    if (flags.json) terminal.print(JSON.stringify({ backend: entry.name, ...result }));
    else if (!isAcceptable(result)) terminal.print(resultText(result, terminal.columns()));
    showProgress(terminal, entry.name, chosen[results.length]?.id ?? "", results.length, chosen.length);
  }
  const report = { info: info as BackendInfo, results };
  if (!flags.json && !flags.quiet) {
    const { engine, version: engineVersion, device } = report.info;
    const title = `${terminal.colors.bold(entry.name)} (${engine} ${engineVersion}, ${device}, ${accuracy(report.info)})`;
    const skipped = skippedText(results, terminal.columns());
    terminal.print(`${title}\n\n${backendTable(report, wanted)}\n${skipped === "" ? "" : `\n${skipped}\n`}`);
  }
  return report;
}

function showProgress(terminal: Terminal, name: string, next: string, done: number, of: number): void {
  if (!terminal.interactive) return;
  const line = done === of ? "" : `${name}: check ${done + 1} of ${of}, ${next}`;
  terminal.status(line.slice(0, terminal.columns() - 1));
}

async function writeReport(report: ConformanceReport, folder: string, terminal: Terminal): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (cause) {
    throw new OutputError(`Cannot make the folder ${folder}: ${describeFailure(cause)}.`, { cause });
  }
  await writeFile(join(folder, "report.json"), reportJson(report));
  await writeFile(join(folder, "report.md"), reportMarkdown(report));
  await writeFile(join(folder, "report.html"), reportHtml(report));
  terminal.note(`The report is in ${folder}: report.html, report.md, report.json.`);
}
