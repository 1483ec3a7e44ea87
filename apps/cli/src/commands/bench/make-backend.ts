import type { Backend } from "@alexnet/core";
import { type BackendOptions, backendsNamed, create } from "../../choices/backends.js";

/** What a process of the bench calls to get the backend it times. */
export async function makeBackend(name: string, options: Pick<BackendOptions, "threads">): Promise<Backend> {
  const entry = backendsNamed(name)[0];
  const { threads } = options;
  return create(entry, entry.threads && threads !== undefined ? { threads } : {});
}
