import { setTimeout as sleep } from "node:timers/promises";
import { hasCode } from "@alexnet/core";
import { abortionOf } from "./aborted.js";
import type { Contender, Contestant, Facts } from "./contender.js";
import type { Task } from "./workload.js";

/** How timings are taken. */
export interface MeasureOptions {
  /** Turns of each contender; 7 unless told otherwise. */
  readonly rounds?: number;
  /** A turn lasts at least so long; 1 second unless told otherwise. */
  readonly secondsPerTurn?: number;
  /** Aborting ends it at once; what it throws is the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called before each turn: who is about to do what. */
  onTurn?(turn: { readonly contender: string; readonly round: number; readonly rounds: number }): void;
}

/** How long a contender took, or why it did not take part. */
export type Measurement = Timing | Absence;

/** How long a contender took. */
export interface Timing {
  readonly contender: string;
  readonly facts: Facts;
  /** Seconds a step in each turn, in the order of the rounds. */
  readonly secondsPerStep: readonly number[];
  /** Steps of one turn. */
  readonly stepsPerTurn: number;
  /** The most memory its process held, bytes. */
  readonly peakMemory: number;
}

/** Why a contender did not take part. */
export interface Absence {
  readonly contender: string;
  readonly reason: string;
}

/** Engines keep threads spinning for a while after their work; the next one shall not share the machine with them. */
const SECONDS_BETWEEN_TURNS = 0.2;

interface Playing {
  readonly contender: Contender;
  readonly contestant: Contestant;
  stepsPerTurn: number;
  readonly secondsPerStep: number[];
  peakMemory: number;
}

/**
 * Times contenders at one task, in turns: each has its place in every round, so that whatever slows the machine for a while
 * slows all of them. All are warm before the first round. One that cannot start, or fails, is told of and left out.
 */
export async function measure(
  task: Task,
  contenders: readonly Contender[],
  options: MeasureOptions = {},
): Promise<readonly Measurement[]> {
  const { rounds = 7, secondsPerTurn = 1, signal, onTurn } = options;
  const absent = new Map<string, Absence>();
  const playing: Playing[] = [];
  const leaveOut = ({ name }: Contender, error: unknown): void => {
    if (!hasCode(error, "CONTENDER")) throw error;
    absent.set(name, { contender: name, reason: error.message });
  };
  const abortion = abortionOf(signal);
  try {
    for (const contender of contenders) {
      signal?.throwIfAborted();
      onTurn?.({ contender: contender.name, round: 0, rounds });
      try {
        const contestant = await Promise.race([contender.start(task, signal), abortion.rejection]);
        const player: Playing = { contender, contestant, stepsPerTurn: 1, secondsPerStep: [], peakMemory: 0 };
        playing.push(player);
        player.stepsPerTurn = await Promise.race([warmUp(contestant, secondsPerTurn), abortion.rejection]);
      } catch (error) {
        leaveOut(contender, error);
      }
    }
    for (let round = 1; round <= rounds; round++) {
      for (const player of playing) {
        if (absent.has(player.contender.name)) continue;
        signal?.throwIfAborted();
        onTurn?.({ contender: player.contender.name, round, rounds });
        await sleep(SECONDS_BETWEEN_TURNS * 1000);
        try {
          const { steps, seconds, peakMemory } = await Promise.race([
            player.contestant.run(player.stepsPerTurn),
            abortion.rejection,
          ]);
          player.secondsPerStep.push(seconds / steps);
          player.peakMemory = peakMemory;
        } catch (error) {
          leaveOut(player.contender, error);
        }
      }
    }
  } finally {
    abortion.forget();
    await Promise.all(playing.map(({ contestant }) => contestant.stop()));
  }
  return contenders.map(
    ({ name }) => absent.get(name) ?? timingOf(playing.find(({ contender }) => contender.name === name)!),
  );
}

/** The first steps make buffers, start threads and lay out weights; they also tell how many steps make a turn. */
async function warmUp(contestant: Contestant, secondsPerTurn: number): Promise<number> {
  await contestant.run(1);
  const { steps, seconds } = await contestant.run(1);
  return Math.max(1, Math.ceil((secondsPerTurn * steps) / seconds));
}

function timingOf({ contender, contestant, secondsPerStep, stepsPerTurn, peakMemory }: Playing): Timing {
  return { contender: contender.name, facts: contestant.facts, secondsPerStep, stepsPerTurn, peakMemory };
}
