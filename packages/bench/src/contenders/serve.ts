import { createInterface } from "node:readline";
import { messageOf } from "@alexnet/core/support";
import type { Facts, OperationScore, Turn } from "../contender.js";
import type { Task } from "../workload.js";

/** A task made ready: what `serve` needs of the process that does it. */
export interface Served {
  readonly facts: Facts;
  /** Works through at least so many steps and tells how many. */
  run(steps: number): Promise<number>;
  /** Left out by those who cannot tell how long operations take. */
  profile?(): Promise<readonly OperationScore[]>;
}

type Question = Task | { readonly run: number } | { readonly profile: true };

/** The other end of `processContender`: reads a task and the turns, one a line, until its input ends. */
export async function serve(start: (task: Task) => Promise<Served>): Promise<void> {
  const answer = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);
  // Ctrl-C reaches every process of the terminal; whoever asks decides when this one ends.
  process.on("SIGINT", () => {});
  let served: Served | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    // What `process.ts` has written.
    const question = JSON.parse(line) as Question;
    try {
      if ("run" in question) {
        answer(await turn(served!, question.run));
      } else if ("profile" in question) {
        if (!served?.profile) throw new Error("it does not tell how long operations take");
        answer({ operations: await served.profile() });
      } else {
        served = await start(question);
        answer({ facts: served.facts });
      }
    } catch (error) {
      answer({ error: messageOf(error) });
    }
  }
  process.exit();
}

async function turn({ run }: Served, wanted: number): Promise<Turn> {
  const started = performance.now();
  const steps = await run(wanted);
  const seconds = (performance.now() - started) / 1000;
  return { steps, seconds, peakMemory: process.resourceUsage().maxRSS * 1024 };
}
