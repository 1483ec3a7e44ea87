import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import {
  type Contender,
  ContenderError,
  type Contestant,
  type Facts,
  type OperationScore,
  type Turn,
} from "../contender.js";

/** A process that is busy does not see that its input ended. */
const PATIENCE_MS = 1000;

/**
 * A contender in a process of its own, so that its memory is its own and its threads disturb nobody. They speak JSON, one
 * value a line:
 *
 * | we write | it answers |
 * |---|---|
 * | the task (`Task`) | `{ "facts": { … } }` when it is ready and warm, or `{ "error": "why not" }` |
 * | `{ "run": 4 }` | `{ "steps": 4, "seconds": 1.2, "peakMemory": 123456789 }` (bytes), or `{ "error": … }` |
 * | `{ "profile": true }` | `{ "operations": [{ "values": ["conv1"], "seconds": 0.1, "floatingPointOperations": 1e9 }] }`, or `{ "error": … }` |
 * | the end of its input | it ends |
 *
 * What it writes to the error stream is told when it fails.
 */
export function processContender(options: {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}): Contender {
  const { name, command, args, env } = options;
  return {
    name,
    async start(task, signal) {
      const child = spawn(command, args, { stdio: "pipe", env: { ...process.env, ...env } });
      const ask = conversation(child);
      // Making ready can take minutes of work in which it hears nothing.
      const end = (): void => void child.kill("SIGKILL");
      signal?.addEventListener("abort", end, { once: true });
      try {
        // `serve` answers each question in its way.
        const { facts } = (await ask(task)) as { readonly facts: Facts };
        return contestant(child, ask, facts);
      } catch (error) {
        child.kill();
        throw error;
      } finally {
        signal?.removeEventListener("abort", end);
      }
    },
  };
}

function contestant(child: ChildProcessWithoutNullStreams, ask: Ask, facts: Facts): Contestant {
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    facts,
    // `serve` answers each question in its way.
    run: async (steps) => (await ask({ run: steps })) as Turn,
    async profile() {
      const { operations } = (await ask({ profile: true })) as { readonly operations: readonly OperationScore[] };
      return operations;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.stdin.end();
      const deaf = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      await ended;
      clearTimeout(deaf);
    },
  };
}

type Ask = (question: unknown) => Promise<unknown>;

/** Writes a line and waits for the one that answers it. One question at a time. */
function conversation(child: ChildProcessWithoutNullStreams): Ask {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  const failure = new Promise<never>((_, reject) => {
    child.once("error", (cause) => reject(new ContenderError(`it does not start: ${cause.message}`, { cause })));
  });
  failure.catch(() => {});
  child.stdin.on("error", () => {}); // It ended; the missing answer tells.

  return async (question) => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await Promise.race([lines.next(), failure]);
    if (done) throw new ContenderError(`it ended without an answer. ${complaints.trim()}`.trim());
    const answer = parse(value);
    if ("error" in answer) throw new ContenderError(String(answer.error));
    return answer;
  };
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new ContenderError(`it answered something that is not JSON: ${line.slice(0, 200)}`, { cause });
  }
}
