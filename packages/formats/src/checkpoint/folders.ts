import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointError } from "@alexnet/core";
import { codeOf } from "@alexnet/core/support";
import { describeFailure } from "@alexnet/files";

/** A checkpoint's folder inside the directory. */
export interface CheckpointFolder {
  readonly step: number;
  readonly path: string;
}

/** What an interrupted save may leave behind. */
export interface Leftovers {
  /** Folders that never became checkpoints. */
  readonly partial: readonly string[];
  /** Checkpoints moved aside for a new one of the same step. */
  readonly replaced: readonly string[];
}

const digits = 8;
const partialSuffix = ".partial";
const replacedSuffix = ".replaced";
const checkpointName = /^step-(\d{8,})$/;
const partialName = /^step-\d{8,}\.partial$/;
const replacedName = /^step-(\d{8,})\.replaced$/;

/** `step-00000120`, so that names sort as steps do. */
export function folderName(step: number): string {
  return `step-${String(step).padStart(digits, "0")}`;
}

/** Where a checkpoint is written before it is whole. */
export function partialPath(folder: string): string {
  return folder + partialSuffix;
}

/** Where a checkpoint waits while another of the same step takes its place. */
export function replacedPath(folder: string): string {
  return folder + replacedSuffix;
}

/** The place a moved-aside checkpoint came from. */
export function originalPath(replaced: string): string {
  return replaced.slice(0, -replacedSuffix.length);
}

/**
 * Checkpoints in a directory, oldest first; none where there is no such directory. One that was moved aside counts
 * until another of its step is there, so that a crash between the two renames loses nothing. Throws `CheckpointError` where it cannot be
 * read.
 */
export async function listCheckpoints(directory: string): Promise<CheckpointFolder[]> {
  const folders = new Map<number, string>();
  for (const pattern of [replacedName, checkpointName]) {
    for (const name of await names(directory)) {
      const match = pattern.exec(name);
      if (match !== null) {
        folders.set(Number(match[1]), join(directory, name));
      }
    }
  }
  return [...folders].map(([step, path]) => ({ step, path })).sort((a, b) => a.step - b.step);
}

/** What interrupted saves left in a directory. */
export async function listLeftovers(directory: string): Promise<Leftovers> {
  const all = await names(directory);
  const paths = (pattern: RegExp) => all.filter((name) => pattern.test(name)).map((name) => join(directory, name));
  return { partial: paths(partialName), replaced: paths(replacedName) };
}

async function names(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (codeOf(error) === "ENOENT") {
      return [];
    }
    throw new CheckpointError(`Cannot read the folder of checkpoints ${directory}: ${describeFailure(error)}.`, {
      cause: error,
    });
  }
}
