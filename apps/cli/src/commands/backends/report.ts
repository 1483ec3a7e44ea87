import type { BackendInfo } from "@alexnet/core";
import { type BackendEntry, backendEntries, create } from "../../choices/backends.js";
import { describeError } from "../../program/errors.js";
import { facts } from "../../text/table.js";

/** What came of asking for a backend. */
export type BackendProbe =
  | { readonly name: string; readonly available: true; readonly info: BackendInfo }
  | { readonly name: string; readonly available: false; readonly reason: string };

/** Makes every backend once to see whether it is there, and frees it again. */
export async function probeBackends(
  entries: readonly BackendEntry[] = backendEntries,
): Promise<readonly BackendProbe[]> {
  const probes: BackendProbe[] = [];
  for (const entry of entries) {
    try {
      const backend = await create(entry, {});
      probes.push({ name: entry.name, available: true, info: backend.info });
      await backend.dispose();
    } catch (error) {
      probes.push({ name: entry.name, available: false, reason: describeError(error) });
    }
  }
  return probes;
}

/** One paragraph a backend; `auto` takes the first that is available. */
export function backendsText(probes: readonly BackendProbe[]): string {
  const chosen = probes.find(({ available }) => available)?.name;
  return probes
    .map((probe) => {
      const mark = probe.name === chosen ? " (what auto takes)" : "";
      if (!probe.available) return `${probe.name}: not available\n${facts([["reason", probe.reason]])}`;
      const { engine, version, device, precision, details } = probe.info;
      const entries: (readonly [string, string])[] = [
        ["engine", `${engine} ${version}`],
        ["device", device],
        ["precision", precision],
        ...Object.entries(details).map(([name, value]) => [name, String(value)] as const),
      ];
      return `${probe.name}: available${mark}\n${facts(entries)}`;
    })
    .join("\n\n");
}
