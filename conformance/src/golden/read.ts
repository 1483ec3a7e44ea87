import { readFile } from "node:fs/promises";
import type { TensorMap } from "@alexnet/core";
import { decodeSafetensors } from "@alexnet/formats";

/** Tensors and metadata that the PyTorch script in `golden/` wrote. */
export interface Golden {
  readonly tensors: TensorMap;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads `golden/<name>.safetensors`. */
export async function readGolden(name: string): Promise<Golden> {
  return decodeSafetensors(await readFile(new URL(`../../golden/${name}.safetensors`, import.meta.url)));
}
