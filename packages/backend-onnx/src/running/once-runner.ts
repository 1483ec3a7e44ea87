import type { TensorMap } from "@alexnet/core";
import type { Program } from "@alexnet/core/program";
import { lowerOnce } from "../lowering/lower-once.js";
import type { Order } from "../lowering/orders.js";
import { type Fed, profileSession } from "../profile.js";
import type { OnnxVariables } from "../variables.js";
import { carefulWhenNeeded } from "./careful.js";
import { fedBy, frugal, hostTensor, type Runner, type Tools } from "./runner.js";

/**
 * One run a feed, in which variables are inputs and what becomes of them outputs. For a program that shares its variables with others, which take
 * turns: a loop would copy what they leave each other, images of every layer among it, once more.
 */
export function onceRunner(tools: Tools, program: Program): Runner {
  const { createSession, lowering } = tools;
  const names = Object.keys(program.variables);

  const heldIn = (variables: OnnxVariables): ReadonlyMap<string, Order> =>
    new Map(names.map((name) => [name, variables.order(name)]));

  const sessionsFor = (held: ReadonlyMap<string, Order>) =>
    carefulWhenNeeded(async (onNaN) => {
      const lowered = lowerOnce(program, { ...lowering, onNaN }, held);
      const session = await createSession(lowered.graph, frugal);
      return { session, lowered, release: () => session.release() };
    });

  const stateOf = (variables: OnnxVariables, { variables: taken }: ReturnType<typeof lowerOnce>): Fed =>
    Object.fromEntries([...taken].map(([variable, { name, order }]) => [name, variables.get(variable, order)]));

  // In which orders others leave the variables shows when it is run.
  let made: ReturnType<typeof sessionsFor> | undefined;

  async function runOnce(variables: OnnxVariables, feed: TensorMap): Promise<TensorMap> {
    made ??= sessionsFor(heldIn(variables));
    const sessions = await made;
    const { fetched, made: used } = await sessions.use(({ session, lowered }) =>
      session.run({ ...fedBy(tools, feed), ...stateOf(variables, lowered) }),
    );
    const { assigned, outputs } = used.lowered;
    for (const [variable, { name, order }] of assigned) variables.set(variable, fetched[name]!, order);
    return Object.fromEntries([...outputs].map(([output, name]) => [output, hostTensor(fetched[name]!)]));
  }

  return {
    run: (variables, feeds) =>
      variables.change(async () => {
        const results: TensorMap[] = [];
        for (const feed of feeds) results.push(await runOnce(variables, feed));
        return results;
      }),
    profile: (variables, feeds) =>
      variables.change(() => {
        const lowered = lowerOnce(program, { ...lowering, onNaN: "tell" }, heldIn(variables));
        const state = stateOf(variables, lowered);
        return profileSession(program, (settings) => createSession(lowered.graph, { ...frugal, ...settings }), {
          fed: feeds.map((feed) => ({ ...fedBy(tools, feed), ...state })),
          runsEach: 1,
        });
      }),
    async release() {
      const sessions = await made;
      await sessions?.release();
    },
  };
}
