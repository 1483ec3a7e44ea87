import {
  accuracy,
  type BackendReport,
  type CheckEvent,
  type ConformanceReport,
  checkBackends,
  isAcceptable,
  type Level,
  levelNumbers,
  writeReport,
} from "@alexnet/conformance";
import { describeFailure } from "@alexnet/files";
import { backendEntries, backendsNamed, create } from "../../choices/backends.js";
import type { Context } from "../../program/context.js";
import { exitCodes } from "../../program/errors.js";
import type { Terminal } from "../../program/terminal.js";
import { version } from "../../program/version.js";
import { OutputError } from "../../program/write-file.js";
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
  const levels = flags.level === undefined ? levelNumbers : parseLevels(flags.level);
  // One that was named must be there; of all there could be, some are not on every machine.
  const entries = flags.backend?.map((name) => backendsNamed(name)[0]) ?? backendEntries;
  const known = await Promise.all(entries.map((entry) => entry.knownFailures?.()));
  const interrupt = terminal.interruptible("Stopping after this check.");
  const events = checkBackends({
    backends: entries.map((entry, index) => ({
      name: entry.name,
      create: () => create(entry, {}),
      expectations: known[index] ?? [],
    })),
    passOverMissing: flags.backend === undefined,
    levels,
    ...(flags.mostWork !== undefined && { mostWork: flags.mostWork }),
    signal: interrupt.signal,
  });
  let found: Pick<ConformanceReport, "backends" | "unavailable"> | undefined;
  try {
    while (!found) {
      const { done, value } = await events.next();
      if (done) found = value;
      else tell(value, terminal, { ...flags, levels });
    }
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
  } finally {
    terminal.status("");
    interrupt.dispose();
  }
  const interrupted = interrupt.exitCode();
  if (interrupted !== undefined || !found) return context.exitWith(interrupted ?? exitCodes.failed);

  const report: ConformanceReport = {
    formatVersion: 1,
    createdAt: new Date().toISOString(),
    versions: { alexnet: version, node: process.version },
    platform: `${process.platform}-${process.arch}`,
    ...found,
  };
  if (flags.report !== undefined) await keepReport(report, flags.report, terminal);
  const failed = report.backends.flatMap(({ results }) => results).filter((result) => !isAcceptable(result)).length;
  if (!flags.json) {
    terminal.print(
      failed === 0
        ? terminal.colors.green(
            `${report.backends.map(({ info }) => info.name).join(", ")}: everything checked conforms.`,
          )
        : terminal.colors.red(`${plural(failed, "check")} failed.`),
    );
  }
  if (failed > 0) context.exitWith(exitCodes.failed);
}

function tell(
  event: CheckEvent,
  terminal: Terminal,
  { json, quiet, levels }: Pick<ConformanceFlags, "json" | "quiet"> & { readonly levels: readonly Level[] },
): void {
  switch (event.type) {
    case "check": {
      const line = `${event.backend}: check ${event.position + 1} of ${event.of}, ${event.check.id}`;
      if (terminal.interactive) terminal.status(line.slice(0, terminal.columns() - 1));
      return;
    }
    case "result":
      if (json) terminal.print(JSON.stringify({ backend: event.backend, ...event.result }));
      else if (!isAcceptable(event.result)) terminal.print(resultText(event.result, terminal.columns()));
      return;
    case "unavailable":
      if (!json) terminal.note(`${terminal.noteColors.bold(event.backend)}: not available. ${event.reason}\n`);
      return;
    case "backend":
      if (!json && !quiet) terminal.print(backendText(event.report, levels, terminal));
  }
}

function backendText(report: BackendReport, levels: readonly Level[], terminal: Terminal): string {
  const { name, engine, version: engineVersion, device } = report.info;
  const title = `${terminal.colors.bold(name)} (${engine} ${engineVersion}, ${device}, ${accuracy(report.info)})`;
  const skipped = skippedText(report.results, terminal.columns());
  return `${title}\n\n${backendTable(report, levels)}\n${skipped === "" ? "" : `\n${skipped}\n`}`;
}

async function keepReport(report: ConformanceReport, folder: string, terminal: Terminal): Promise<void> {
  try {
    await writeReport(report, folder);
  } catch (cause) {
    throw new OutputError(`Cannot write the report into ${folder}: ${describeFailure(cause)}.`, { cause });
  }
  terminal.note(`The report is in ${folder}: report.html, report.md, report.json.`);
}
