import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where to keep what was fetched and can be fetched again: `ALEXNET_CACHE_DIR` where that is set, or else the folder `alexnet`
 * in the user's cache folder.
 */
export function cacheFolder(): string {
  const { ALEXNET_CACHE_DIR: told, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (told) return told;
  if (xdg) return join(xdg, "alexnet");
  return process.platform === "win32" && local ? join(local, "alexnet") : join(homedir(), ".cache", "alexnet");
}
