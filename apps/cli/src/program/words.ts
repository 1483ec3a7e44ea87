import { AlexNetError, isAlexNetError } from "@alexnet/core";

/** Does the work; the library's errors name its options, which here are flags: each phrase becomes its own word. */
export async function inOurWords<Result>(
  words: Readonly<Record<string, string>>,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isAlexNetError(error)) throw error;
    const message = Object.entries(words).reduce((text, [theirs, ours]) => text.replace(theirs, ours), error.message);
    if (message === error.message) throw error;
    throw new AlexNetError(error.code, message, { cause: error });
  }
}
