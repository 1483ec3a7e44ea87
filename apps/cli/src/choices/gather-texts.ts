import type { Communicator } from "@alexnet/core/distributed";

/** A text of each rank, in their order. */
export async function gatherTexts(communicator: Communicator, text: string): Promise<readonly string[]> {
  if (communicator.size === 1) return [text];
  const bytes = Buffer.from(text);
  const lengths = await communicator.allgather(Float64Array.of(bytes.length));
  // All come with arrays of one length; bytes are numbers that floats hold.
  const longest = Math.max(...lengths);
  const padded = new Float32Array(longest);
  padded.set(bytes);
  const all = await communicator.allgather(padded);
  return Array.from(lengths, (length, rank) =>
    Buffer.from(all.subarray(rank * longest, rank * longest + length)).toString(),
  );
}
