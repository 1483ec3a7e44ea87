import { createHook } from "node:async_hooks";

/** What engines leave behind: threads, ports, sockets, pipes, child processes. Timers of the program around come and go. */
const KEEPING = new Set(["WORKER", "MESSAGEPORT", "PROCESSWRAP", "PIPEWRAP", "TCPWRAP", "TCPSERVERWRAP", "UDPWRAP"]);

/** Follows what is made from now on that can keep the process alive. */
export function watchResources(): { alive(): readonly string[]; stop(): void } {
  const made = new Map<number, { readonly type: string; readonly resource: { hasRef?(): boolean } }>();
  const hook = createHook({
    init(id, type, _, resource) {
      if (KEEPING.has(type)) made.set(id, { type, resource });
    },
    destroy(id) {
      made.delete(id);
    },
  }).enable();
  return {
    // What does not hold a reference does not hold the process.
    alive: () => [...made.values()].filter(({ resource }) => resource.hasRef?.() ?? true).map(({ type }) => type),
    stop: () => void hook.disable(),
  };
}
