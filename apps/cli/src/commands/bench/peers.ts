import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import {
  type Contender,
  ContenderError,
  onnxRuntimeContender,
  tfjsLayersContender,
  torchContender,
  torchPython,
} from "@alexnet/bench";
import { unknownName } from "../../program/suggest.js";

/** Others that a backend can be compared with. */
export const peerNames = ["torch", "tfjs-layers", "onnxruntime"] as const;

type PeerName = (typeof peerNames)[number];

const peers: Readonly<Record<PeerName, (threads: number) => Contender>> = {
  torch: (threads) => ({
    name: "torch",
    async start(task, signal) {
      const python = torchPython(torchFolder());
      if (python !== undefined) return torchContender({ python, threads }).start(task, signal);
      throw new ContenderError("PyTorch is not set up; `alexnet bench --setup-peers` does that.");
    },
  }),
  "tfjs-layers": (threads) => tfjsLayersContender({ threads }),
  onnxruntime: (threads) => onnxRuntimeContender({ threads }),
};

/** The peer of this name. Throws `UsageError` for a name that is none. */
export function peer(name: string, threads: number): Contender {
  const found = peerNames.find((candidate) => candidate === name);
  if (!found) throw unknownName("peer", name, peerNames);
  return peers[found](threads);
}

/** Where the virtual environment for PyTorch is: beside the packages of the project one is in. */
export function torchFolder(from = process.cwd()): string {
  let folder = resolve(from);
  while (!existsSync(join(folder, "node_modules")) && dirname(folder) !== folder) folder = dirname(folder);
  const project = dirname(folder) === folder ? resolve(from) : folder;
  return join(project, "node_modules", ".cache", "alexnet-bench", "torch");
}
