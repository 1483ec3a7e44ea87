// The program, started as a person starts it, and killed.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const program = fileURLToPath(new URL("../bin/alexnet.js", import.meta.url));

/**
 * Runs the program, which is killed after so many milliseconds, if it has not ended by then. `watch` is given the process. Returns how it
 * ended, after how many seconds, and what it said.
 */
export function run(words, { killAfter, watch } = {}) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [program, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const killing = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
  const stop = watch?.(child);
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      clearTimeout(killing);
      stop?.();
      resolve({ code, signal, output, seconds: (performance.now() - startedAt) / 1000 });
    });
  });
}

/** To be given to `run` as `watch`: puts the seconds and the resident memory, MiB, into a list, four times a second. On Linux. */
export const memoryInto = (samples) => (child) => {
  const startedAt = performance.now();
  const sampling = setInterval(() => {
    try {
      const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
      if (kib) samples.push([(performance.now() - startedAt) / 1000, Number(kib) / 1024]);
    } catch {
      // It is ending.
    }
  }, 250);
  return () => clearInterval(sampling);
};
