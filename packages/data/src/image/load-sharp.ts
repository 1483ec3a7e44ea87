import { DatasetError } from "@alexnet/core";
import { messageOf } from "@alexnet/core/support";

// In a file of its own, whose types are in nobody's: they want Node's.

/** The library. Throws `DatasetError` when it is not here. */
export async function loadSharp() {
  try {
    return (await import("sharp")).default;
  } catch (cause) {
    throw new DatasetError(
      `Decoding images needs the package sharp, which cannot be loaded (${messageOf(cause)}). ` +
        "Install it: npm install sharp",
      { cause },
    );
  }
}
