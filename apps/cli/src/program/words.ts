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
    const message = inWords(words, error.message);
    if (message === error.message) throw error;
    throw new AlexNetError(error.code, message, { cause: error });
  }
}

/** A message of the libraries in these words. */
export function inWords(words: Readonly<Record<string, string>>, message: string): string {
  return Object.entries(words).reduce((text, [theirs, ours]) => text.replace(theirs, ours), message);
}
