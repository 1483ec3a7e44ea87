import type { BackendInfo } from "@alexnet/core";

type Info = Omit<BackendInfo, "operations">;

/**
 * What a resumed training computes with that rounds differently from what it computed with before, in a sentence;
 * `undefined` when it goes on bit for bit.
 */
export function describeDifferences(before: Info, now: Info): string | undefined {
  const facts = ({ name, engine, version, device, precision, details }: Info): Readonly<Record<string, unknown>> => ({
    backend: name,
    engine: `${engine} ${version}`,
    device,
    precision,
    ...details,
  });
  const [old, current] = [facts(before), facts(now)];
  const differences = Object.keys({ ...old, ...current })
    .filter((name) => old[name] !== current[name])
    .map((name) => `${name} ${String(current[name] ?? "none")} (was ${String(old[name] ?? "none")})`);
  if (differences.length === 0) return undefined;
  return `Not bit for bit as if never interrupted: ${differences.join(", ")}. The last digits of the numbers may differ.`;
}
