import type { InferenceSession } from "onnxruntime-node";
import type { OnNaN } from "../lowering/context.js";
import { NAN_MET } from "../lowering/lower-program.js";
import { hostTensor } from "./runner.js";

/**
 * Runs a graph that only tells whether it met NaN; where it did, which is rare, its results are thrown away and one that
 * lets NaN through is made and run instead. Both compute the same bits where there is none.
 */
export async function carefulWhenNeeded<Made extends { release(): Promise<void> }>(
  make: (onNaN: OnNaN) => Promise<Made>,
) {
  const quick = await make("tell");
  let careful: Made | undefined;
  return {
    /** What was fetched, and from which of the two. */
    async use(run: (made: Made) => Promise<InferenceSession.OnnxValueMapType>) {
      const fetched = await run(quick);
      const met = fetched[NAN_MET];
      if (!met || !hostTensor(met).data.some(Number.isNaN)) return { fetched, made: quick };
      for (const value of Object.values(fetched)) value.dispose();
      careful ??= await make("propagate");
      return { fetched: await run(careful), made: careful };
    },
    async release() {
      await quick.release();
      await careful?.release();
      careful = undefined;
    },
  };
}
