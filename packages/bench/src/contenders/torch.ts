import { fileURLToPath } from "node:url";
import type { Contender } from "../contender.js";
import { processContender } from "./process.js";

/** PyTorch on the CPU, run by a Python that has it (`setUpTorch`). */
export function torchContender(options: { readonly python: string; readonly threads: number }): Contender {
  const { python, threads } = options;
  const script = fileURLToPath(new URL("../../python/torch_peer.py", import.meta.url));
  return processContender({ name: "torch", command: python, args: ["-u", script, String(threads)] });
}
